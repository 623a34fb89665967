#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/hardware_address.h"

namespace leases::cli {

/// A network card of a libvirt domain that is on a bridge of this host.
struct DomainCard {
  HardwareAddress hardware;
  std::string bridge;  ///< the name of the bridge's interface

  friend bool operator==(const DomainCard&, const DomainCard&) = default;
};

/// The bridge of a network of libvirt's, from its state; empty if it has none, or is not active. `directory`:
/// that of the states, for the system's libvirt /run/libvirt/network. Throws Error if the state cannot be
/// read.
std::string bridge_of_network(const std::string& directory, const std::string& network);

/// The cards of a domain in its XML (formatdomain), in their order. Cards on no bridge are left out.
/// `bridge_of` knows the bridge of each network, or returns "". Throws Error if that is not the XML of a
/// domain.
std::vector<DomainCard> cards_of_domain(std::string_view xml,
                                        const std::function<std::string(const std::string&)>& bridge_of);

}  // namespace leases::cli
