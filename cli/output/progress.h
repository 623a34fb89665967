#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace leases::cli {

/// A line on standard error that shows the progress of long work, if that is a terminal.
class Progress {
 public:
  Progress();

  /// Counts a step. The count is shown once the work has taken longer than a second.
  void step() {
    if ((++steps_ & kMask) == 0 && on_terminal_) show();
  }
  /// Shows a text at once in place of the count, cut to the width of the terminal.
  void show(const std::string& text);
  /// Removes the line. It may be shown again.
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
