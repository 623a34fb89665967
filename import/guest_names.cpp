#include "import/guest_names.h"

namespace leases {

void GuestNames::add(const GuestInIndex& guest) {
  guests_.push_back(guest);
  names_.try_emplace(Key(guest.network, guest.hardware), guest.name);
}

std::string_view GuestNames::name_of(const HardwareAddress& hardware, std::string_view network) const {
  for (const std::string_view its_network : {network, std::string_view()}) {
    const auto known = names_.find(Key(its_network, hardware));
    if (known != names_.end()) return known->second;
  }
  return {};
}

}  // namespace leases
