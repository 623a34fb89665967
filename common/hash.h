#pragma once

#include <cstddef>
#include <cstdint>

#include "common/word.h"

namespace leases {

/// The 64-bit hash that sorts the index and chooses buckets. It is part of the format
/// (schema/index-layout.md): a change of the hash is a change of the layout version. It need not resist
/// collisions made on purpose: equal hashes are ordered by name, and a search stays logarithmic. A hash table
/// in memory has no such order, and so gives a key (util/hash_table.h).
class Hash {
 public:
  /// `key` is 0 in the index.
  [[nodiscard]] static std::uint64_t of(const void* data, std::size_t size, std::uint64_t key = 0) noexcept {
    const auto* bytes = static_cast<const unsigned char*>(data);
    Hash hash(size, key);
    for (; size >= 8; size -= 8, bytes += 8) hash.add(load_word(bytes, 8));
    return hash.finish(load_word(bytes, size));
  }

  /// For callers that already hold the bytes as words: of `size` bytes, add() each whole word, then finish()
  /// with the rest, 0 if there is none.
  explicit Hash(std::size_t size, std::uint64_t key = 0) noexcept : state_(kSeed ^ key ^ size) {}
  void add(std::uint64_t word) noexcept { state_ = mix(state_ ^ word, kMultiplier); }
  [[nodiscard]] std::uint64_t finish(std::uint64_t tail) const noexcept {
    return mix(mix(state_ ^ tail, kMultiplier) ^ kSeed, kMultiplier);
  }

 private:
  static constexpr std::uint64_t kSeed = 0x9e3779b97f4a7c15;
  static constexpr std::uint64_t kMultiplier = 0xd6e8feb86659fd93;

  /// The halves of the product of 128 bits, one laid over the other.
  static std::uint64_t mix(std::uint64_t a, std::uint64_t b) noexcept {
#ifdef __SIZEOF_INT128__
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
#else
    // 32-bit compilers have no such type.
    constexpr std::uint64_t kLow = 0xffffffff;
    const std::uint64_t low = (a & kLow) * (b & kLow);
    const std::uint64_t crossed = (a & kLow) * (b >> 32);
    const std::uint64_t middle = (low >> 32) + (crossed & kLow) + (a >> 32) * (b & kLow);
    const std::uint64_t high = (a >> 32) * (b >> 32) + (crossed >> 32) + (middle >> 32);
    return high ^ (middle << 32 | (low & kLow));
#endif
  }

  std::uint64_t state_;
};

}  // namespace leases
