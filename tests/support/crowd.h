#pragma once

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

namespace leases::test {

/// Threads that repeat the same work until this object is destroyed.
class Crowd {
 public:
  Crowd(int count, const std::function<void()>& act) {
    for (int i = 0; i < count; ++i) {
      threads_.emplace_back([this, act] {
        while (!stop_.load()) act();
      });
    }
  }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;
  ~Crowd() {
    stop_.store(true);
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;
};

}  // namespace leases::test
