#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace leases::cli {

/// The reverse of NameRange: puts names together that come one behind the other and differ only in their last
/// number. It keeps one group at a time, so it needs little room, and names in order fold best.
class NameFold {
 public:
  /// Takes the next name. What is complete is appended to `output`, a line each.
  void add(std::string_view name, std::string& output);
  /// Appends what is left.
  void finish(std::string& output);

 private:
  struct Numbers {
    std::uint64_t first;
    std::uint64_t last;
  };

  std::string before_;
  std::string behind_;
  std::size_t width_ = 0;  ///< of the digits if there are zeros in front, else 0
  std::vector<Numbers> numbers_;
};

}  // namespace leases::cli
