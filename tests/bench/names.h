#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace leases::bench {

/// The name of the nth lease, "ci-runner-000042"; machine.py makes the same.
std::string host_name(std::uint32_t n);

/// Its IPv4 address in network byte order.
std::uint32_t host_address(std::uint32_t n);

/// A million random leases in the order in which they are asked for. They lie one after the other, so that
/// drawing one costs a read that the processor foresees; and no branch predictor learns a sequence of that
/// length.
class Draws {
 public:
  enum class Kind : std::uint8_t { hits, misses };

  /// Of the leases 0 … count - 1; misses are names of the same shape that no lease has.
  Draws(std::uint32_t count, Kind kind);

  static constexpr std::size_t kCount = std::size_t{1} << 20;

  [[nodiscard]] const char* name(std::size_t position) const { return draws_[position % kCount].name; }
  /// Four bytes.
  [[nodiscard]] const void* address(std::size_t position) const { return &draws_[position % kCount].address; }

 private:
  struct Draw {
    char name[20];
    std::uint32_t address;
  };
  std::vector<Draw> draws_;
};

}  // namespace leases::bench
