#pragma once

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

namespace leases::test {

/// Threads that do the same thing over and over until this object's life ends.
class Crowd {
 public:
  Crowd(int count, const std::function<void()>& act) {
    for (int i = 0; i < count; ++i) {
      threads_.emplace_back([this, act] {
        while (!over_.load()) act();
      });
    }
  }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;
  ~Crowd() {
    over_.store(true);
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  std::atomic<bool> over_{false};
  std::vector<std::thread> threads_;
};

}  // namespace leases::test
