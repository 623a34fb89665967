#include "import/isc_values.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <string_view>
#include <utility>

#include "common/hex_bytes.h"
#include "util/decimal.h"

namespace leases {

namespace {

/// Three numbers with separators between.
std::optional<std::array<unsigned, 3>> three_numbers(std::string_view text, char separator) {
  std::array<unsigned, 3> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::size_t end = i + 1 < numbers.size() ? text.find(separator) : text.size();
    const auto number = parse_decimal<unsigned>(text.substr(0, end));
    if (!number || end == std::string_view::npos) return {};
    numbers[i] = *number;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return numbers;
}

std::optional<ExpiryTime> date(std::string_view day, std::string_view time) {
  namespace chrono = std::chrono;
  const auto [year, month, day_of_month] = three_numbers(day, '/').value_or(std::array<unsigned, 3>{});
  const auto clock = three_numbers(time, ':');
  const chrono::year_month_day date{chrono::year(static_cast<int>(std::min(year, 9999U))),
                                    chrono::month(month), chrono::day(day_of_month)};
  if (!clock || year < 1970 || year > 9999 || !date.ok()) return {};
  const auto [hour, minute, second] = *clock;
  if (hour > 23 || minute > 59 || second > 60) return {};
  const auto days = chrono::sys_days(date).time_since_epoch().count();
  const std::uint64_t minutes = (static_cast<std::uint64_t>(days) * 24 + hour) * 60 + minute;
  return ExpiryTime{minutes * 60 + second};
}

/// The numbers of RFC 1700 for dhcpd's names of hardware types.
std::optional<std::uint16_t> hardware_type(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::uint16_t>, 4> kTypes{
      {{"ethernet", 1}, {"token-ring", 6}, {"fddi", 8}, {"infiniband", 32}}};
  constexpr std::string_view kUnknown = "unknown-";
  const auto known = std::ranges::find(kTypes, name, &std::pair<std::string_view, std::uint16_t>::first);
  if (known != kTypes.end()) return known->second;
  if (!name.starts_with(kUnknown)) return {};
  return parse_decimal<std::uint16_t>(name.substr(kUnknown.size()));
}

}  // namespace

std::optional<ExpiryTime> isc_time(const IscStatement& statement) {
  const std::size_t count = statement.words.size();
  if (count == 2 && statement.word(1) == "never") return ExpiryTime{};
  if (count == 3 && statement.word(1) == "epoch") {
    const auto seconds = parse_decimal<std::uint64_t>(statement.word(2));
    return seconds && *seconds > 0 ? std::optional(ExpiryTime{*seconds}) : std::nullopt;
  }
  // The first is the day of the week.
  return count == 4 ? date(statement.word(2), statement.word(3)) : std::nullopt;
}

std::optional<HardwareAddress> isc_hardware(const IscStatement& statement) {
  HardwareAddress hardware;
  const auto type = hardware_type(statement.word(1));
  const auto bytes = statement.words.size() == 3   ? isc_bytes(statement.words[2], hardware.bytes.size())
                     : statement.words.size() == 2 ? std::optional(std::string())
                                                   : std::nullopt;
  if (!type || !bytes) return {};
  hardware.type = *type;
  hardware.length = static_cast<std::uint8_t>(bytes->size());
  std::ranges::transform(*bytes, hardware.bytes.begin(), [](char c) { return static_cast<std::uint8_t>(c); });
  return hardware;
}

std::optional<std::string> isc_bytes(const IscStatement::Word& word, std::size_t most) {
  if (word.is_quoted) return word.text.size() <= most ? std::optional(word.text) : std::nullopt;
  std::string bytes;
  std::string_view rest = word.text;
  while (!rest.empty()) {
    const std::size_t length = std::min(rest.find(':'), rest.size());
    const auto first = length > 0 ? hex_digit(rest[0]) : std::nullopt;
    const auto second = length == 2 ? hex_digit(rest[1]) : first;
    const bool is_last = length == rest.size();
    if (!first || !second || length > 2 || bytes.size() == most || (!is_last && length + 1 == rest.size()))
      return {};
    bytes += static_cast<char>(length == 2 ? *first * 16 + *second : *first);
    rest.remove_prefix(is_last ? length : length + 1);
  }
  return bytes;
}

}  // namespace leases
