#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace leases {

template <typename Integer>
Integer load(const unsigned char* from) noexcept {
  Integer value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

/// `count` bytes, at most eight, as a little-endian integer. Without a loop or a call: of fewer than eight it
/// reads some twice.
inline std::uint64_t load_word(const void* from, std::size_t count) noexcept {
  const auto* bytes = static_cast<const unsigned char*>(from);
  if (count == 8) return load<std::uint64_t>(bytes);
  if (count >= 4) {
    const std::uint64_t last = load<std::uint32_t>(bytes + count - 4);
    return last << 8 * (count - 4) | load<std::uint32_t>(bytes);
  }
  if (count == 0) return 0;
  const std::size_t middle = count / 2;
  const std::uint64_t last = bytes[count - 1];
  return last << 8 * (count - 1) | std::uint64_t{bytes[middle]} << 8 * middle | bytes[0];
}

}  // namespace leases
