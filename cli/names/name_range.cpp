#include "cli/names/name_range.h"

#include <charconv>

#include "util/decimal.h"

namespace leases::cli {

namespace {

/// Every number of 19 digits fits into 64 bits.
constexpr std::size_t kMaxDigits = 19;

std::optional<std::uint64_t> parse_digits(std::string_view text) {
  std::uint64_t number = 0;
  if (text.empty() || text.size() > kMaxDigits) return {};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return number;
}

}  // namespace

std::optional<NameRange> NameRange::parse(std::string_view text, std::string& problem) {
  NameRange range;
  std::string* literal = &range.before_;
  for (std::size_t position = 0; position < text.size();) {
    const std::size_t bracket = text.find_first_of("[]", position);
    literal->append(text.substr(position, bracket - position));
    if (bracket == std::string_view::npos) break;
    const std::size_t close = text[bracket] == '[' ? text.find(']', bracket) : std::string_view::npos;
    if (close == std::string_view::npos) {
      problem = "'" + std::string(text) + "': a bracket has no counterpart";
      return {};
    }
    Part part;
    if (!parse_brackets(text.substr(bracket + 1, close - bracket - 1), part, problem)) return {};
    part.current = part.numbers.front().first;
    literal = &range.parts_.emplace_back(std::move(part)).after;
    position = close + 1;
  }
  return range;
}

bool NameRange::parse_brackets(std::string_view text, Part& part, std::string& problem) {
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view item = text.substr(0, comma);
    const std::size_t dash = item.find('-');
    const auto first = parse_digits(item.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : parse_digits(item.substr(dash + 1));
    if (!first || !last || *first > *last) {
      problem = "'[" + std::string(text) + "]': expected numbers and ranges like 1,4-7 or 0000-4095";
      return false;
    }
    const std::string_view digits = item.substr(0, dash);
    part.numbers.push_back({*first, *last, digits.front() == '0' ? digits.size() : 0});
    if (comma == std::string_view::npos) return true;
    text.remove_prefix(comma + 1);
  }
}

/// False when the part was at its end and begins again.
bool NameRange::advance(Part& part) {
  if (part.current < part.numbers[part.range].last) {
    ++part.current;
    return true;
  }
  const bool more = part.range + 1 < part.numbers.size();
  part.range = more ? part.range + 1 : 0;
  part.current = part.numbers[part.range].first;
  return more;
}

bool NameRange::next(std::string& name) {
  if (ended_) return false;
  name = before_;
  for (const Part& part : parts_) {
    append_padded(name, part.current, part.numbers[part.range].width);
    name += part.after;
  }
  ended_ = true;
  for (auto part = parts_.rbegin(); part != parts_.rend() && ended_; ++part) ended_ = !advance(*part);
  return true;
}

}  // namespace leases::cli
