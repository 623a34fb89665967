#pragma once

#include <cstdint>
#include <string>

namespace leases {

/// Somebody else's files that leases are read from, as the configuration names them.
struct SourceConfig {
  enum class Kind : std::uint8_t {
    libvirt,         ///< a directory with what libvirt writes: `<bridge>.status`, `<bridge>.macs`
    dnsmasq_leases,  ///< a lease file of dnsmasq's own
    mac_map,         ///< a file in libvirt's `.macs` format: which guest has which MAC address
  };

  Kind kind = Kind::libvirt;
  std::string path;     ///< absolute, or a pattern of glob(7): neither braces nor `~`
  std::string network;  ///< empty: from the file's path; has no meaning for libvirt
};

}  // namespace leases
