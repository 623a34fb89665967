#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace leases::bench {

/// The yardstick: a binary search over sorted names whose first 16 bytes lie in the slots, and nothing else.
/// Its time shows how fast the machine is, so that figures of different machines can be compared.
class PrefixSearch {
 public:
  /// Of the leases 0 … count - 1, whose names do not share their first 16 bytes.
  explicit PrefixSearch(std::uint32_t count);

  [[nodiscard]] bool contains(std::string_view name) const;

 private:
  /// Big-endian, so that the order of the numbers is that of the bytes.
  struct Prefix {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
  };
  struct Slot {
    Prefix prefix;
    std::uint32_t offset;
    std::uint32_t length;
  };
  static Prefix prefix_of(std::string_view name);

  std::vector<Slot> slots_;
  std::string names_;
};

}  // namespace leases::bench
