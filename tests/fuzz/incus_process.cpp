/// Any bytes as the file in which Incus keeps a dnsmasq's command line: what comes out is a domain, or none.

#include <string>
#include <string_view>

#include "common/host_name.h"
#include "import/incus_domain.h"
#include "tests/fuzz/read_everything.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace leases;
  const auto domain = domain_in_process_file({reinterpret_cast<const char*>(data), size});
  fuzz::require(!domain || domain->empty() || (is_domain_name(*domain) && !is_localhost_domain(*domain)));
  return 0;
}
