#pragma once

#include <string_view>

namespace leases {

/// What may follow a name after a dot besides domains, as Answer::place() has it: the network, or instead the
/// other host that shares it. Of a Lease, or whatever else has both.
template <typename OfNetwork>
std::string_view lease_place_of(const OfNetwork& of) {
  return of.host.empty() ? of.network : of.host;
}

}  // namespace leases
