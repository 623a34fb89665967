#pragma once

#include <algorithm>
#include <chrono>

namespace leases {

/// The time by which something that waits several times has to be done, all in all.
class Deadline {
 public:
  explicit Deadline(std::chrono::milliseconds from_now) : end_(Clock::now() + from_now) {}

  /// One that leaves so much time for what comes after it.
  [[nodiscard]] Deadline sooner(std::chrono::milliseconds time) const {
    Deadline deadline = *this;
    deadline.end_ -= time;
    return deadline;
  }
  /// Never negative; 0 only if it has passed.
  [[nodiscard]] std::chrono::milliseconds left() const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - Clock::now());
    return std::max(left, std::chrono::milliseconds(0));
  }
  [[nodiscard]] bool has_passed() const { return left().count() == 0; }

 private:
  using Clock = std::chrono::steady_clock;

  Clock::time_point end_;
};

}  // namespace leases
