#include "store/libvirt_network.h"

#include "util/regular_file.h"
#include "util/words.h"

namespace leases {

std::optional<std::string> bridge_of_libvirt_network(const Directory& directory, const std::string& network) {
  constexpr std::string_view kKey = "interface=";
  const RegularFile file =
      read_regular_file(directory, network + std::string(kLibvirtConfiguration), kLargestText);
  for (const std::string_view line : lines_of(file.text)) {
    if (line.starts_with(kKey)) return std::string(line.substr(kKey.size()));
  }
  return {};
}

}  // namespace leases
