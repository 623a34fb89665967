#pragma once

#include <string>
#include <string_view>

namespace leases::cli {

/// Writes a text to standard output, at once. Throws Error if that fails.
void print(std::string_view text);

/// Throws Error if nothing can ever be written there: for a verb that waits before it writes.
void require_standard_output();

/// Collects a long text for standard output and writes it in large pieces. Throws Error if that fails.
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
