#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace leases::cli {

enum class Severity : std::uint8_t {
  ok,
  unknown,  ///< this user cannot tell, or it need not be wrong
  problem,
};

/// The result of a check about one thing. The texts are one line each, and of printable ASCII.
struct Finding {
  Severity severity;
  std::string topic;
  std::string text;
  std::string remedy;  ///< a shell command that fixes it; empty if there is none

  friend bool operator==(const Finding&, const Finding&) = default;
};

/// The findings of one check.
class Findings {
 public:
  explicit Findings(std::string topic) : topic_(std::move(topic)) {}

  void ok(std::string text) { add(Severity::ok, std::move(text), {}); }
  void unknown(std::string text) { add(Severity::unknown, std::move(text), {}); }
  void problem(std::string text, std::string remedy) {
    add(Severity::problem, std::move(text), std::move(remedy));
  }
  [[nodiscard]] bool any_problem() const { return any_problem_; }
  [[nodiscard]] bool empty() const { return list_.empty(); }
  [[nodiscard]] std::vector<Finding> take() && { return std::move(list_); }

 private:
  void add(Severity severity, std::string text, std::string remedy) {
    any_problem_ = any_problem_ || severity == Severity::problem;
    list_.push_back({severity, topic_, std::move(text), std::move(remedy)});
  }

  std::string topic_;
  std::vector<Finding> list_;
  bool any_problem_ = false;
};

}  // namespace leases::cli
