#include "cli/names/name_fold.h"

#include <charconv>

#include "util/decimal.h"

namespace leases::cli {

namespace {

/// A group of numbers that never follow each other must not grow without end.
constexpr std::size_t kMaxRanges = 4096;
constexpr std::size_t kMaxFoldedDigits = 18;
constexpr std::string_view kDigits = "0123456789";

}  // namespace

void NameFold::add(std::string_view name, std::string& output) {
  const std::size_t end = name.find_last_of(kDigits);
  const std::size_t before = end == std::string_view::npos ? end : name.find_last_not_of(kDigits, end);
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  if (end == std::string_view::npos || end + 1 - begin > kMaxFoldedDigits) {
    finish(output);
    output.append(name).append("\n");
    return;
  }
  const std::string_view digits = name.substr(begin, end + 1 - begin);
  const std::string_view prefix = name.substr(0, begin);
  const std::string_view suffix = name.substr(end + 1);
  std::uint64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool padded = digits.size() > 1 && digits.front() == '0';

  // "09" and "10" belong together, so do "9" and "10"; "09" and "100" do not.
  const bool same_width = width_ == 0 ? !padded : digits.size() == width_;
  if (!numbers_.empty() &&
      (prefix != before_ || suffix != after_ || !same_width || numbers_.size() == kMaxRanges)) {
    finish(output);
  }
  if (numbers_.empty()) {
    before_ = prefix;
    after_ = suffix;
    width_ = padded ? digits.size() : 0;
  }
  if (!numbers_.empty() && numbers_.back().last + 1 == number) {
    numbers_.back().last = number;
  } else {
    numbers_.push_back({number, number});
  }
}

void NameFold::finish(std::string& output) {
  if (numbers_.empty()) return;
  const bool single = numbers_.size() == 1 && numbers_.front().first == numbers_.front().last;
  output += before_;
  if (!single) output += '[';
  for (const Numbers& numbers : numbers_) {
    if (&numbers != &numbers_.front()) output += ',';
    append_padded(output, numbers.first, width_);
    if (numbers.last == numbers.first) continue;
    output += '-';
    append_padded(output, numbers.last, width_);
  }
  if (!single) output += ']';
  output.append(after_).append("\n");
  numbers_.clear();
}

}  // namespace leases::cli
