#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "common/hex_bytes.h"

namespace leases {

/// Bytes in dnsmasq's notation, as format_hex_bytes() writes it.
inline std::string hex_text(std::span<const std::uint8_t> bytes) {
  std::string text(bytes.size() * 3, '\0');
  text.resize(
      static_cast<std::size_t>(format_hex_bytes(bytes.data(), bytes.size(), text.data()) - text.data()));
  return text;
}

}  // namespace leases
