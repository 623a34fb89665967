#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "import/parsed_file.h"
#include "import/status_parser.h"
#include "store/client_name.h"
#include "store/status_text.h"
#include "tests/fuzz/read_everything.h"

namespace leases::fuzz {

inline constexpr ChangeTime kWritten{1'795'690'800'000'000'000};

inline bool is_same_lease(const Lease& a, const Lease& b) {
  return a.network == b.network && a.address == b.address && a.hardware == b.hardware &&
         a.hostname == b.hostname && a.domain == b.domain && std::ranges::equal(a.client_id, b.client_id) &&
         std::ranges::equal(a.server_duid, b.server_duid) && a.iaid == b.iaid && a.expiry == b.expiry &&
         a.changed == b.changed;
}

inline void check_lease(const Lease& lease) {
  touch(lease);
  require(lease.hostname.empty() ? lease.domain.empty() && !lease.name_refused
          : lease.name_refused   ? lease.domain.empty() && is_client_name(lease.hostname)
                                 : is_host_label(lease.hostname));
  require(lease.domain.empty() || is_domain_name(lease.domain));
  require(lease.address.family == Family::v6 || !lease.iaid);
  require(lease.changed != ChangeTime{} && lease.changed <= kLatestChange);
}

/// What a parser read can be kept: written to a status file, it is read back the same.
inline void check_readable_again(const ParsedFile& parsed) {
  for (const Lease& lease : parsed.leases) check_lease(lease);
  const ParsedFile again = parse_status(status_text(parsed.leases), "br0", {});
  require(again.damage.empty() && again.problems.empty() && again.leases.size() == parsed.leases.size());
  for (std::size_t i = 0; i < again.leases.size(); ++i)
    require(is_same_lease(again.leases[i], parsed.leases[i]));
}

/// The same for a log: no address is there twice, leased or not, and none has ended.
inline void check_log(const ParsedFile& parsed) {
  check_readable_again(parsed);
  std::vector<IpAddress> addresses = parsed.ended;
  for (const Lease& lease : parsed.leases) {
    addresses.push_back(lease.address);
    require(!lease.expiry.expired_at({kWritten.nanoseconds / 1'000'000'000}));
  }
  std::sort(addresses.begin(), addresses.end());
  require(std::adjacent_find(addresses.begin(), addresses.end()) == addresses.end());
}

/// What a log has said so far.
class LogState {
 public:
  void apply(const ParsedFile& parsed) {
    for (const Lease& lease : parsed.leases) leases_[lease.address] = status_text({lease});
    for (const IpAddress& address : parsed.ended) leases_[address] = "";
  }

  friend bool operator==(const LogState&, const LogState&) = default;

 private:
  std::map<IpAddress, std::string> leases_;
};

}  // namespace leases::fuzz
