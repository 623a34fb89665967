/// Any bytes as a MAC map. The guests read from them can be looked up, in order, and a map of just these
/// guests is read without a complaint as the same guests.

#include "import/mac_map.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "tests/fuzz/read_everything.h"

namespace {

using namespace leases;

std::string map_of(const std::vector<Guest>& guests) {
  std::string text = "[";
  // Those of one address come out in the other order.
  for (auto at = guests.rbegin(); at != guests.rend(); ++at) {
    const Guest& guest = *at;
    if (text.size() > 1) text += ",";
    text.append(R"({"domain":")").append(guest.name);
    text.append(R"(","macs":[")").append(HardwareText(guest.hardware).view()).append("\"]}");
  }
  return text + "]";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ParsedFile map;
  {
    // A copy that is destroyed before its guests are used.
    const std::string text(reinterpret_cast<const char*>(data), size);
    map = parse_mac_map(text);
    if (text.empty()) fuzz::require(map.damage == "is empty");
  }
  for (const Guest& guest : map.guests) {
    fuzz::touch(guest.name);
    fuzz::require(is_domain_name(guest.name));
    fuzz::require(guest.hardware.length > 0 && guest.hardware.length <= guest.hardware.bytes.size());
  }
  for (std::size_t i = 1; i < map.guests.size(); ++i)
    fuzz::require(HardwareAddress::compare(map.guests[i - 1].hardware, map.guests[i].hardware) <= 0);
  const ParsedFile again = parse_mac_map(map_of(map.guests));
  fuzz::require(again.damage.empty() && again.problems.empty());
  fuzz::require(std::ranges::equal(again.guests, map.guests, [](const Guest& a, const Guest& b) {
    return a.hardware == b.hardware && a.name == b.name;
  }));
  return 0;
}
