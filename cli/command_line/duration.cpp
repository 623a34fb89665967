#include "cli/command_line/duration.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <system_error>

namespace leases::cli {

namespace {

constexpr std::string_view kDigits = "0123456789";

/// Takes a number without a sign off a text.
std::optional<double> take_number(std::string_view& text) {
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  // from_chars() also takes "inf" and "nan".
  if (error != std::errc() || text.find_first_of(kDigits) != 0) return {};
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

}  // namespace

std::optional<double> parse_duration(std::string_view text) {
  static const std::map<std::string_view, double> units{
      {"ms", 0.001}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};
  double seconds = 0;
  bool is_first = true;
  do {
    const auto number = take_number(text);
    if (!number) return {};
    if (is_first && text.empty()) return number;
    const std::string_view name = text.substr(0, std::min(text.find_first_of(kDigits), text.size()));
    const auto unit = units.find(name);
    if (unit == units.end()) return {};
    seconds += *number * unit->second;
    text.remove_prefix(name.size());
    is_first = false;
  } while (!text.empty());
  return seconds;
}

}  // namespace leases::cli
