#include "store/client_hardware.h"

#include <algorithm>
#include <cstddef>
#include <functional>

namespace leases {

namespace {

constexpr std::uint8_t kEthernet = 1;
constexpr std::size_t kEthernetLength = 6;

std::uint32_t number_in(std::span<const std::uint8_t> bytes) {
  std::uint32_t number = 0;
  for (const std::uint8_t byte : bytes) number = number << 8 | byte;
  return number;
}

std::string_view as_key(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

std::optional<HardwareAddress> hardware_in_duid(std::span<const std::uint8_t> duid) {
  constexpr std::uint32_t kLinkLayerAndTime = 1;
  constexpr std::uint32_t kLinkLayer = 3;
  constexpr std::size_t kTypes = 4;  // of the DUID, of the hardware
  constexpr std::size_t kTime = 4;
  if (duid.size() < kTypes || number_in(duid.subspan(2, 2)) != kEthernet) return {};
  const std::uint32_t type = number_in(duid.first(2));
  if (type != kLinkLayerAndTime && type != kLinkLayer) return {};
  const std::size_t begin = type == kLinkLayer ? kTypes : kTypes + kTime;
  if (duid.size() != begin + kEthernetLength) return {};
  HardwareAddress hardware{kEthernet, kEthernetLength, {}};
  std::ranges::copy(duid.subspan(begin), hardware.bytes.begin());
  return hardware;
}

void ClientHardware::add(const Lease& lease) {
  constexpr std::uint8_t kHasDuid = 255;
  constexpr std::size_t kBeforeDuid = 5;  // the type and the IAID
  if (lease.address.family != Family::v4 || !lease.hardware || lease.client_id.size() <= kBeforeDuid ||
      lease.client_id.front() != kHasDuid)
    return;
  clients_[{lease.network, as_key(lease.client_id.subspan(kBeforeDuid))}].push_back(
      {number_in(lease.client_id.subspan(1, 4)), *lease.hardware});
}

std::optional<HardwareAddress> ClientHardware::of(const Lease& lease) const {
  if (lease.hardware || lease.address.family == Family::v4) return lease.hardware;
  const auto found = clients_.find({lease.network, as_key(lease.client_id)});
  if (found == clients_.end()) return hardware_in_duid(lease.client_id);
  std::vector<Client> all = found->second;
  const auto has_iaid = [&](const Client& client) { return lease.iaid && client.iaid == lease.iaid->value; };
  if (std::ranges::any_of(all, has_iaid)) std::erase_if(all, std::not_fn(has_iaid));
  const HardwareAddress& hardware = all.front().hardware;
  const bool is_clear =
      std::ranges::all_of(all, [&](const Client& client) { return client.hardware == hardware; });
  return is_clear ? std::optional(hardware) : std::nullopt;
}

std::optional<HardwareAddress> hardware_of_client(const Lease& lease, const IndexView& view) {
  ClientHardware clients;
  if (!lease.hardware && lease.address.family == Family::v6)
    view.for_each_lease([&](const Lease& other) { clients.add(other); });
  return clients.of(lease);
}

}  // namespace leases
