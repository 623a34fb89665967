/// Any bytes as systemd-networkd's file of leases. The leases read from them can be written to a status file
/// and read back the same.

#include "import/networkd_leases.h"

#include <string>
#include <string_view>

#include "tests/fuzz/log_leases.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace leases;
  ParsedFile parsed;
  {
    // A copy that is destroyed before the leases are used.
    const std::string text(reinterpret_cast<const char*>(data), size);
    parsed = parse_networkd_leases({.text = text, .network = "br0", .modified = fuzz::kWritten});
    if (text.empty()) fuzz::require(!parsed.damage.empty());
  }
  fuzz::check_readable_again(parsed);
  for (const Lease& lease : parsed.leases) fuzz::require(lease.address.family == Family::v4);
  return 0;
}
