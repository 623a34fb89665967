#include "util/local_subnets.h"

#include <ifaddrs.h>

#include <algorithm>
#include <bit>
#include <memory>

#include "util/socket_address.h"

namespace leases {

namespace {

unsigned length_of(const IpAddress& mask) {
  unsigned length = 0;
  for (const std::uint8_t byte : mask.bytes) length += static_cast<unsigned>(std::popcount(byte));
  return length;
}

bool same_subnet(const IpAddress& a, const IpAddress& b, unsigned prefix_length) {
  if (a.family != b.family) return false;
  for (std::size_t i = 0; i < a.size() && prefix_length > 0; ++i) {
    const unsigned bits = std::min(prefix_length, 8U);
    if (((a.bytes[i] ^ b.bytes[i]) >> (8 - bits)) != 0) return false;
    prefix_length -= bits;
  }
  return true;
}

}  // namespace

LocalSubnets::LocalSubnets() {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return;
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner(first, ::freeifaddrs);
  for (const ifaddrs* entry = first; entry != nullptr; entry = entry->ifa_next) {
    const auto own = ip_address_of(entry->ifa_addr);
    const auto mask = ip_address_of(entry->ifa_netmask);
    if (own && mask) subnets_.push_back({entry->ifa_name, *own, length_of(*mask)});
  }
  std::stable_sort(subnets_.begin(), subnets_.end(),
                   [](const Subnet& a, const Subnet& b) { return a.prefix_length > b.prefix_length; });
}

std::string LocalSubnets::interface_of(const IpAddress& address) const {
  const auto found = std::find_if(subnets_.begin(), subnets_.end(), [&](const Subnet& subnet) {
    return same_subnet(subnet.own, address, subnet.prefix_length);
  });
  return found == subnets_.end() ? std::string() : found->interface;
}

std::string LocalSubnets::interface_with(const IpAddress& own) const {
  const auto found =
      std::find_if(subnets_.begin(), subnets_.end(), [&](const Subnet& subnet) { return subnet.own == own; });
  return found == subnets_.end() ? std::string() : found->interface;
}

std::optional<IpAddress> LocalSubnets::own_address(std::string_view interface,
                                                   const IpAddress& address) const {
  std::optional<IpAddress> first;
  for (const Subnet& subnet : subnets_) {
    if (subnet.interface != interface || subnet.own.family != address.family) continue;
    if (same_subnet(subnet.own, address, subnet.prefix_length)) return subnet.own;
    if (!first) first = subnet.own;
  }
  return first;
}

bool LocalSubnets::has(std::string_view interface, Family family) const {
  return std::any_of(subnets_.begin(), subnets_.end(), [&](const Subnet& subnet) {
    return subnet.interface == interface && subnet.own.family == family;
  });
}

std::optional<unsigned> LocalSubnets::prefix_length(std::string_view interface,
                                                    const IpAddress& address) const {
  const auto found = std::find_if(subnets_.begin(), subnets_.end(), [&](const Subnet& subnet) {
    return subnet.interface == interface && same_subnet(subnet.own, address, subnet.prefix_length);
  });
  if (found == subnets_.end()) return {};
  return found->prefix_length;
}

}  // namespace leases
