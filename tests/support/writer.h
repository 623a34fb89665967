#pragma once

#include <string>
#include <vector>

#include "store/transaction.h"
#include "tests/support/installed_store.h"

namespace leases::test {

/// The process that changes the store for the tests: a process of its own, as in use, and because a
/// transaction drops privileges that the tests need.
class Writer {
 public:
  enum class Verb : char {
    lease = 'l',          ///< each of the hosts, one after the other
    end = 'e',            ///< the leases of these addresses and networks
    replace_index = 'r',  ///< with a new file of the same leases
    replace_leases = 'R'  ///< with a new file of these leases and no others
  };

  /// Starts the process. To be called before this one has threads.
  static void start();
  /// Returns when the change is done. One thread at a time.
  static void run(Verb verb, const std::vector<Host>& hosts);
};

/// A transaction in this process, with the default settings.
StoreTransaction open_store();

/// The lease's texts belong to the host.
Lease lease_of(const Host& host);

}  // namespace leases::test
