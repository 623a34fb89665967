#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/address.h"

namespace leases {

/// Something wrong in one record of a file. It costs that record, or a value in it, and nothing else.
struct RecordProblem {
  std::string where;  ///< which one, counted from 1: "record 3", "line 3", "entry 3"
  std::string what;   ///< what is wrong, and the consequence
  /// The address of its lease, if that is kept.
  std::optional<IpAddress> kept;
};

/// A value that cannot be read costs its lease just that.
inline RecordProblem lease_without(std::string where, const std::string& what, const IpAddress& lease) {
  return {std::move(where), what + "; the lease is kept without it", lease};
}

/// The problems of a file in their order: the first of them, and how many there are. A file with nothing but
/// bad records takes no more memory than another.
class RecordProblems {
 public:
  static constexpr std::size_t kMostKept = 100;

  void add(RecordProblem problem) {
    if (first_.size() < kMostKept) first_.push_back(std::move(problem));
    ++size_;
  }
  void clear() { *this = {}; }
  /// Forgets those that were told. Of a file with more than were kept nobody knows whether all were: such a
  /// file is told as it is.
  template <typename Predicate>
  void forget(const Predicate& was_told) {
    if (size_ > first_.size()) return;
    std::erase_if(first_, was_told);
    size_ = first_.size();
  }

  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] const std::vector<RecordProblem>& first() const { return first_; }

 private:
  std::vector<RecordProblem> first_;
  std::size_t size_ = 0;
};

/// One line for all problems of a file: the first of them, and how many more there are. There has to be at
/// least one.
inline std::string text_of(const RecordProblems& problems) {
  const RecordProblem& first = problems.first().front();
  std::string text = first.where + ": " + first.what;
  const std::size_t more = problems.size() - 1;
  if (more > 0) text += " (and " + std::to_string(more) + (more == 1 ? " more problem)" : " more problems)");
  return text;
}

/// Such a line without how many more there are.
inline std::string_view without_count(std::string_view line) {
  const bool has_count = line.ends_with(" more problem)") || line.ends_with(" more problems)");
  return has_count ? line.substr(0, line.rfind(" (and ")) : line;
}

}  // namespace leases
