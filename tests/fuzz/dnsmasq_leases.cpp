/// Any bytes as dnsmasq's own lease file. The leases read from them can be written to a status file and read
/// back the same, and the reader reports a file that was not whole.

#include "import/dnsmasq_leases.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "import/status_parser.h"
#include "store/client_name.h"
#include "store/status_text.h"
#include "tests/fuzz/read_everything.h"

namespace {

using namespace leases;

constexpr ChangeTime kReadAt{1'700'000'000'000'000'000};

bool same(const Lease& a, const Lease& b) {
  return a.network == b.network && a.address == b.address && a.hardware == b.hardware &&
         a.hostname == b.hostname && a.domain == b.domain && std::ranges::equal(a.client_id, b.client_id) &&
         std::ranges::equal(a.server_duid, b.server_duid) && a.iaid == b.iaid && a.expiry == b.expiry &&
         a.changed == b.changed;
}

void check(const Lease& lease) {
  fuzz::touch(lease);
  fuzz::require(lease.hostname.empty() ? lease.domain.empty() && !lease.name_refused
                : lease.name_refused   ? lease.domain.empty() && is_client_name(lease.hostname)
                                       : is_host_label(lease.hostname));
  fuzz::require(lease.domain.empty() || is_domain_name(lease.domain));
  const bool is_v6 = lease.address.family == Family::v6;
  fuzz::require(is_v6 ? !lease.hardware : !lease.iaid);
  fuzz::require(is_v6 || lease.server_duid.empty());
}

void check_order(const ParsedFile& parsed) {
  std::vector<IpAddress> addresses;
  for (std::size_t i = 0; i < parsed.leases.size(); ++i) {
    addresses.push_back(parsed.leases[i].address);
    if (i == 0) continue;
    fuzz::require(changed_before(parsed.leases[i - 1], parsed.leases[i]));
    fuzz::require(parsed.leases[i - 1].expiry <= parsed.leases[i].expiry);
  }
  std::sort(addresses.begin(), addresses.end());
  fuzz::require(std::adjacent_find(addresses.begin(), addresses.end()) == addresses.end());
  if (!parsed.leases.empty()) fuzz::require(parsed.leases.back().changed == kReadAt);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ParsedFile parsed;
  {
    // A copy that is destroyed before the leases are used.
    const std::string text(reinterpret_cast<const char*>(data), size);
    parsed = parse_dnsmasq_leases(text, "br0", kReadAt);
    if (!text.ends_with('\n')) fuzz::require(!parsed.damage.empty());
  }
  for (const Lease& lease : parsed.leases) check(lease);
  check_order(parsed);
  const ParsedFile again = parse_status(status_text(parsed.leases), "br0", {});
  fuzz::require(again.damage.empty() && again.problems.empty() &&
                again.leases.size() == parsed.leases.size());
  for (std::size_t i = 0; i < again.leases.size(); ++i)
    fuzz::require(same(again.leases[i], parsed.leases[i]));
  return 0;
}
