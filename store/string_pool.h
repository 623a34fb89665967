#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "store/checked_count.h"
#include "util/hash_table.h"

namespace leases {

/// The strings section of a table. Both functions return a text's offset, and throw Error if there is no room
/// for it.
class StringPool {
 public:
  std::uint32_t add(std::string_view text) {
    const std::uint32_t offset = checked_count(bytes_.size());
    bytes_ += text;
    return offset;
  }
  /// Keeps a text that many leases share only once. It must outlive the pool.
  std::uint32_t add_shared(std::string_view text) {
    const auto [known, is_new] = shared_.try_emplace(text, 0);
    if (is_new) known->second = add(text);
    return known->second;
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
  HashMap<std::string_view, std::uint32_t> shared_;
};

}  // namespace leases
