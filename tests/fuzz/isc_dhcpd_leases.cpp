/// Any bytes as dhcpd.leases. The leases read from them can be written to a status file and read back the
/// same.

#include "import/isc_dhcpd_leases.h"

#include <string>
#include <string_view>

#include "tests/fuzz/log_leases.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace leases;
  ParsedFile parsed;
  {
    // A copy that is destroyed before the leases are used.
    const std::string text(reinterpret_cast<const char*>(data), size);
    parsed = parse_isc_dhcpd_leases({.text = text, .network = "br0", .modified = fuzz::kWritten});
  }
  fuzz::check_log(parsed);
  return 0;
}
