#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace leases::cli {

/// A line on standard error that says how far a long work has come: only on a terminal, and only once it has
/// taken longer than a second.
class Progress {
 public:
  Progress();

  void step() {
    if ((++steps_ & kMask) == 0 && on_terminal_) show();
  }
  /// Shows a text in that line at once, on a terminal.
  void show(const std::string& text);
  /// Takes the line away. It may be shown again.
  void finish() const;

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::uint64_t kMask = 0xfff;

  void show();

  bool on_terminal_;
  bool shown_ = false;
  std::uint64_t steps_ = 0;
  Clock::time_point next_;
};

}  // namespace leases::cli
