#include "helper/guest_names.h"

namespace leases {

namespace {

std::string key_of(std::string_view network, const HardwareAddress& hardware) {
  return std::string(network).append(" ").append(HardwareText(hardware).view());
}

}  // namespace

void GuestNames::add(const KnownGuest& guest, bool is_accepted) {
  guests_.push_back(guest);
  if (is_accepted) names_.try_emplace(key_of(guest.network, guest.hardware), guest.name);
}

std::string_view GuestNames::name_of(const HardwareAddress& hardware, std::string_view network) const {
  for (const std::string_view its_network : {network, std::string_view()}) {
    const auto known = names_.find(key_of(its_network, hardware));
    if (known != names_.end()) return known->second;
  }
  return {};
}

}  // namespace leases
