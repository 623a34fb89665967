#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace leases::cli {

/// The reverse of NameRange: joins names that come one after the other and differ only in their last number.
/// It keeps one group at a time, so it needs little memory, and sorted names fold best.
class NameFold {
 public:
  /// Takes the next name. Appends each complete group to `output`, a line each.
  void add(std::string_view name, std::string& output);
  /// Appends the last group.
  void finish(std::string& output);

 private:
  struct Numbers {
    std::uint64_t first;
    std::uint64_t last;
  };

  std::string before_;
  std::string after_;
  std::size_t width_ = 0;  ///< of the digits if they have leading zeros, else 0
  std::vector<Numbers> numbers_;
};

}  // namespace leases::cli
