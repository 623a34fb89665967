#pragma once

#include <string>

namespace leases::cli {

/// Standard output, written in large pieces. Throws Error if it cannot be written.
class Output {
 public:
  /// Append here.
  [[nodiscard]] std::string& text() { return text_; }
  void flush_if_large() {
    if (text_.size() >= kLarge) flush();
  }
  void flush();

 private:
  static constexpr std::size_t kLarge = 0x10000;

  std::string text_;
};

}  // namespace leases::cli
