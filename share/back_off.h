#pragma once

#include <algorithm>
#include <chrono>
#include <random>

namespace leases::share {

/// How long to wait before another attempt: longer each time, and not as long as others, which began to wait
/// at the same moment.
class BackOff {
 public:
  explicit BackOff(std::chrono::milliseconds first = std::chrono::milliseconds(100),
                   std::chrono::milliseconds longest = std::chrono::milliseconds(5000))
      : first_(first), longest_(longest), next_(first), random_(std::random_device()()) {}

  /// From half of the present time to all of it.
  std::chrono::milliseconds next() {
    std::uniform_int_distribution<std::chrono::milliseconds::rep> between(next_.count() / 2, next_.count());
    next_ = std::min(next_ * 2, longest_);
    return std::chrono::milliseconds(between(random_));
  }
  /// An attempt succeeded.
  void reset() { next_ = first_; }

 private:
  std::chrono::milliseconds first_;
  std::chrono::milliseconds longest_;
  std::chrono::milliseconds next_;
  std::minstd_rand random_;
};

}  // namespace leases::share
