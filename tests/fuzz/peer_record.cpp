/// Any line as a key that a host shares, and any bytes after it as its value. A record that is taken stands
/// between others without harm, and can be written and read again.

#include <algorithm>
#include <string>
#include <string_view>

#include "import/status_parser.h"
#include "share/host_sign.h"
#include "share/keys.h"
#include "share/record.h"
#include "tests/fuzz/log_leases.h"

namespace {

using namespace leases;
using namespace leases::share;

/// A record of an address that no key of the seeds has.
constexpr std::string_view kNeighbour = R"({"ip-address":"203.0.113.254","expiry-time":0})";

void check_record(const std::string& value, const IpAddress& address) {
  if (address == parse_ip("203.0.113.254")) return;
  const std::string neighbour(kNeighbour);
  const ParsedFile parsed =
      parse_shared_status('[' + neighbour + ',' + value + ',' + neighbour + ']', "hv2:lab", fuzz::kWritten);
  fuzz::require(parsed.damage.empty() && parsed.leases.size() == 2);
  const auto found = std::ranges::find(parsed.leases, address, &Lease::address);
  fuzz::require(found != parsed.leases.end());
  const Lease& lease = *found;
  const std::string again = shared_record_text(lease);
  const ParsedFile read = parse_shared_status('[' + again + ']', "hv2:lab", fuzz::kWritten);
  fuzz::require(read.damage.empty() && read.problems.empty() && read.leases.size() == 1);
  fuzz::require(fuzz::is_same_lease(read.leases.front(), lease));
  fuzz::require(read.leases.front().guest_name == lease.guest_name);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = text.find('\n');
  const std::string key(text.substr(0, end));
  const std::string value(end == std::string_view::npos ? std::string_view() : text.substr(end + 1));
  HostSign::parse(value);
  const auto parts = SharedKey::parse(key);
  if (!parts) return 0;
  const bool is_sign = parts->network.empty();
  fuzz::require(key ==
                (is_sign ? host_key(parts->host) : record_key(parts->host, parts->network, parts->address)));
  fuzz::require(key.find("..") != 0 && parts->host.find('/') == std::string_view::npos);
  if (!is_sign && is_record_of(value, parts->address)) check_record(value, parts->address);
  return 0;
}
