#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace leases {

/// The 64-bit hash by which the index is sorted and its buckets are chosen. Part of the on-disk contract
/// (schema/index-layout.md): to change it is to change the layout version. It need not resist somebody who
/// looks for collisions, since equal hashes are ordered by name and a search stays logarithmic whatever they
/// are.
class Hash {
 public:
  [[nodiscard]] static std::uint64_t of(const void* data, std::size_t size) noexcept {
    const auto* bytes = static_cast<const unsigned char*>(data);
    std::uint64_t state = kSeed ^ size;
    for (; size >= 8; size -= 8, bytes += 8) {
      std::uint64_t word;
      std::memcpy(&word, bytes, 8);
      state = mix(state ^ word, kMultiplier);
    }
    return mix(mix(state ^ tail_of(bytes, size), kMultiplier) ^ kSeed, kMultiplier);
  }

 private:
  static constexpr std::uint64_t kSeed = 0x9e3779b97f4a7c15;
  static constexpr std::uint64_t kMultiplier = 0xd6e8feb86659fd93;

  /// The last bytes, fewer than eight, as a little-endian number. A memcpy of that size would be a call.
  static std::uint64_t tail_of(const unsigned char* bytes, std::size_t size) noexcept {
    std::uint64_t tail = 0;
    if ((size & 1) != 0) tail = bytes[size & 6];
    if ((size & 2) != 0) tail = tail << 16 | part<std::uint16_t>(bytes + (size & 4));
    if ((size & 4) != 0) tail = tail << 32 | part<std::uint32_t>(bytes);
    return tail;
  }
  template <typename Part>
  static std::uint64_t part(const unsigned char* bytes) noexcept {
    Part part;
    std::memcpy(&part, bytes, sizeof part);
    return part;
  }

  static std::uint64_t mix(std::uint64_t a, std::uint64_t b) noexcept {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  }
};

}  // namespace leases
