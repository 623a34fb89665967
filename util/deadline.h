#pragma once

#include <algorithm>
#include <chrono>

namespace leases {

/// The time by which an operation that waits several times must be done.
class Deadline {
 public:
  explicit Deadline(std::chrono::milliseconds from_now) : end_(Clock::now() + from_now) {}

  /// An earlier deadline, which leaves this much time until this one.
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
