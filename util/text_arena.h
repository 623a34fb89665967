#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <memory_resource>
#include <span>
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
  std::span<const std::uint8_t> keep_bytes(std::span<const std::uint8_t> bytes) {
    const std::string_view kept = keep({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    return {reinterpret_cast<const std::uint8_t*>(kept.data()), kept.size()};
  }

 private:
  std::unique_ptr<std::pmr::monotonic_buffer_resource> memory_ =
      std::make_unique<std::pmr::monotonic_buffer_resource>();
};

}  // namespace leases
