#pragma once

#include <cstdint>

namespace leases {

/// The kind of file that leases, or names of guests, are read from. The numbers are part of the index
/// (schema/index-layout.md): they never change.
enum class SourceKind : std::uint8_t {
  status = 0,  ///< a network's own status file in the state directory: the truth, written by leaseshelper
  libvirt_status = 1,  ///< libvirt's `<bridge>.status`, written by its leaseshelper
  dnsmasq_leases = 2,  ///< dnsmasq's own lease file
  mac_map = 3,         ///< the guest of each MAC address: libvirt's `<bridge>.macs`
};

}  // namespace leases
