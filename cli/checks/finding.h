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

/// A shell command that shows what is wrong, or opens it in an editor, for where no command can fix it.
struct LookAt {
  std::string command;
};

/// The result of a check about one thing. The texts are one line each, and of printable ASCII.
struct Finding {
  Severity severity;
  std::string topic;
  std::string text;
  std::string remedy{};   ///< a shell command that fixes it; empty if there is none
  std::string look_at{};  ///< as LookAt; empty if there is a remedy

  friend bool operator==(const Finding&, const Finding&) = default;
};

/// The findings of one check.
class Findings {
 public:
  explicit Findings(std::string topic) : topic_(std::move(topic)) {}

  void ok(std::string text) { add({Severity::ok, topic_, std::move(text)}); }
  void unknown(std::string text) { add({Severity::unknown, topic_, std::move(text)}); }
  void problem(std::string text) { add({Severity::problem, topic_, std::move(text)}); }
  void problem(std::string text, std::string remedy) {
    add({Severity::problem, topic_, std::move(text), std::move(remedy)});
  }
  void problem(std::string text, LookAt look_at) {
    add({Severity::problem, topic_, std::move(text), {}, std::move(look_at.command)});
  }
  void add_all(Findings others) {
    for (Finding& finding : others.list_) add(std::move(finding));
  }
  [[nodiscard]] bool any_problem() const { return any_problem_; }
  [[nodiscard]] bool empty() const { return list_.empty(); }
  [[nodiscard]] std::vector<Finding> take() && { return std::move(list_); }

 private:
  void add(Finding finding) {
    any_problem_ = any_problem_ || finding.severity == Severity::problem;
    list_.push_back(std::move(finding));
  }

  std::string topic_;
  std::vector<Finding> list_;
  bool any_problem_ = false;
};

}  // namespace leases::cli
