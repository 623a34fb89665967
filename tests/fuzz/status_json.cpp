/// Any bytes as a status file. The leases read from them are written as a file that is read without a
/// complaint as the same leases.

#include <algorithm>
#include <string_view>

#include "import/status_parser.h"
#include "store/client_name.h"
#include "store/status_text.h"
#include "tests/fuzz/read_everything.h"

namespace {

using namespace leases;

bool same(const Lease& a, const Lease& b) {
  return a.address == b.address && a.hardware == b.hardware && a.hostname == b.hostname &&
         a.domain == b.domain && std::ranges::equal(a.client_id, b.client_id) &&
         std::ranges::equal(a.server_duid, b.server_duid) && a.iaid == b.iaid && a.expiry == b.expiry &&
         a.changed == b.changed;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ParsedFile status =
      parse_status({reinterpret_cast<const char*>(data), size}, "br0", {1'700'000'000'000'000'000});
  for (const Lease& lease : status.leases) {
    fuzz::touch(lease);
    fuzz::require(lease.hostname.empty() || is_host_label(lease.hostname) ||
                  (is_client_name(lease.hostname) && lease.name_refused));
    fuzz::require(lease.domain.empty() || is_domain_name(lease.domain));
  }
  const std::string text = status_text(status.leases);
  const ParsedFile again = parse_status(text, "br0", {});
  fuzz::require(again.damage.empty() && again.problems.empty() &&
                again.leases.size() == status.leases.size());
  for (std::size_t i = 0; i < again.leases.size(); ++i)
    fuzz::require(same(again.leases[i], status.leases[i]));
  return 0;
}
