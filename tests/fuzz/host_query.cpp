/// Any bytes as the name that an application asks for.

#include <string_view>

#include "tests/fuzz/read_everything.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace leases;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  if (const auto query = HostQuery::parse(text)) {
    fuzz::require(is_host_label(query->label.view()));
    fuzz::require(query->label.view().size() + query->suffix.size() <= kMaxName);
    fuzz::touch(query->suffix);
    fuzz::require(equal_folded(query->label.view(), text.substr(0, query->label.view().size())));
  }
  if (const auto address = parse_ip(text)) fuzz::require(parse_ip(IpText(*address).view()) == address);
  if (const auto hardware = HardwareAddress::parse(text))
    fuzz::require(HardwareAddress::parse(HardwareText(*hardware).view()) == hardware);
  if (const auto iaid = Iaid::parse(text)) fuzz::require(Iaid::parse(IaidText(*iaid).view()) == iaid);
  return 0;
}
