#pragma once

#include <sys/auxv.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "common/address.h"
#include "common/hardware_address.h"
#include "common/hash.h"

namespace leases {

/// A hash that differs from process to process. Guests choose names, identifiers and, for IPv6, addresses:
/// with a hash that is known they could have all of theirs fall into one bucket, and each event would cost as
/// much as all leases.
struct KeyedHash {
  std::size_t operator()(std::string_view text) const { return of(text.data(), text.size()); }
  std::size_t operator()(const IpAddress& address) const { return of(address.bytes.data(), address.size()); }
  std::size_t operator()(const HardwareAddress& hardware) const {
    return of(hardware.bytes.data(), hardware.length);
  }
  template <typename First, typename Second>
  std::size_t operator()(const std::pair<First, Second>& pair) const {
    return (*this)(pair.first) * 31 + (*this)(pair.second);
  }

 private:
  static std::size_t of(const void* data, std::size_t size) {
    return static_cast<std::size_t>(Hash::of(data, size, key()));
  }

  /// Random bytes that the kernel gives to each process (getauxval(3), AT_RANDOM).
  static std::uint64_t key() {
    static const std::uint64_t key = [] {
      std::uint64_t bytes = 0;
      // NOLINTNEXTLINE(performance-no-int-to-ptr): the kernel gives an address as a number
      if (const auto* random = reinterpret_cast<const void*>(::getauxval(AT_RANDOM)); random != nullptr)
        std::memcpy(&bytes, random, sizeof bytes);
      // The C library has other uses for them, so they are not used as they are.
      return Hash::of(&bytes, sizeof bytes);
    }();
    return key;
  }
};

template <typename Key, typename Value>
using HashMap = std::unordered_map<Key, Value, KeyedHash>;
template <typename Key, typename Value>
using HashMultimap = std::unordered_multimap<Key, Value, KeyedHash>;
template <typename Key>
using HashSet = std::unordered_set<Key, KeyedHash>;

}  // namespace leases
