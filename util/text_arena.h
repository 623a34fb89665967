#pragma once

#include <cstring>
#include <memory>
#include <memory_resource>
#include <string_view>

namespace leases {

/// Keeps copies of many short texts, at the cost of their bytes. They never move, and all go at once.
class TextArena {
 public:
  std::string_view keep(std::string_view text) {
    if (text.empty()) return {};
    char* copy = static_cast<char*>(memory_->allocate(text.size(), 1));
    std::memcpy(copy, text.data(), text.size());
    return {copy, text.size()};
  }

 private:
  std::unique_ptr<std::pmr::monotonic_buffer_resource> memory_ =
      std::make_unique<std::pmr::monotonic_buffer_resource>();
};

}  // namespace leases
