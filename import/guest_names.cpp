#include "import/guest_names.h"

#include <functional>

namespace leases {

std::size_t GuestNames::KeyHash::operator()(const Key& key) const {
  const auto& [network, hardware] = key;
  const std::string_view bytes(reinterpret_cast<const char*>(hardware.bytes.data()), hardware.length);
  const std::hash<std::string_view> hash;
  return hash(network) * 31 + hash(bytes);
}

void GuestNames::add(const GuestInIndex& guest, bool is_accepted) {
  guests_.push_back(guest);
  if (is_accepted) names_.try_emplace(Key(guest.network, guest.hardware), guest.name);
}

std::string_view GuestNames::name_of(const HardwareAddress& hardware, std::string_view network) const {
  for (const std::string_view its_network : {network, std::string_view()}) {
    const auto known = names_.find(Key(its_network, hardware));
    if (known != names_.end()) return known->second;
  }
  return {};
}

}  // namespace leases
