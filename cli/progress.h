#pragma once

#include <chrono>
#include <cstdint>

namespace leases::cli {

/// A line on standard error that says how far a long work has come: only on a terminal, and only once it has
/// taken longer than a second.
class Progress {
 public:
  Progress();

  void step() {
    if ((++steps_ & kMask) == 0 && on_terminal_) show();
  }
  /// Takes the line away.
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
