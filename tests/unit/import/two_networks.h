#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "import/status_parser.h"
#include "tests/support/files.h"
#include "tests/support/owned_lease.h"
#include "tests/support/store_fixture.h"

namespace leases::test {

using Names = std::vector<std::string>;

/// Two networks with a lease of the same name and address in each.
class TwoNetworks : public StoreFixture {
 public:
  TwoNetworks() {
    StoreTransaction store(settings());
    OwnedLease lease = full_v4();
    for (const char* network : {"br0", "lab"}) {
      lease.network = network;
      store.put(lease.lease());
    }
    OwnedLease second = full_v6();
    store.put(second.lease());
    lab_ = identity_of(status_path("lab"));
  }

  /// The other network answers as before and its file was not touched.
  [[nodiscard]] bool lab_is_untouched() const {
    const StoreTransaction store(settings());
    return identity_of(status_path("lab")) == lab_ && store.is_current() &&
           store.leases_of("lab").size() == 1;
  }
  [[nodiscard]] Names names_in(const std::string& network) const {
    Names names;
    const StoreTransaction store(settings());
    for (const Lease& lease : store.leases_of(network)) names.emplace_back(lease.hostname);
    return names;
  }
  /// Whether the status file and the index say the same.
  [[nodiscard]] bool agree(const std::string& network) const {
    const ParsedFile parsed = parse_status(status(network), network, {});
    return parsed.damage.empty() && parsed.problems.empty() &&
           parsed.leases == StoreTransaction(settings()).leases_of(network);
  }

  /// Whether the policy refuses the name of the first lease in br0, after an import that has no complaint.
  [[nodiscard]] bool is_refused_after_import() const {
    CHECK(import().empty());
    const StoreTransaction store(settings());
    CHECK(store.is_current());
    return store.leases_of("br0")[0].name_refused;
  }

 private:
  std::string lab_;
};

}  // namespace leases::test
