#include "cli/output/time_text.h"

#include <array>
#include <cstdint>
#include <ctime>
#include <utility>

namespace leases::cli {

std::string local_time(EpochSeconds time) {
  // A lease file may have any number, even one that is not a time, or is in a year too large for the
  // calendar.
  const auto seconds = static_cast<std::time_t>(time.value);
  std::tm local{};
  if (!std::in_range<std::time_t>(time.value) || ::localtime_r(&seconds, &local) == nullptr)
    return std::to_string(time.value);
  std::array<char, 64> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &local);
  return {text.data(), length};
}

std::string relative_time(EpochSeconds time, EpochSeconds now) {
  struct Unit {
    const char* name;
    std::uint64_t seconds;
    std::uint64_t most;  ///< from here on, the next unit is used
  };
  constexpr std::uint64_t kMinute = 60;
  constexpr std::uint64_t kHour = 60 * kMinute;
  constexpr std::uint64_t kDay = 24 * kHour;
  constexpr std::array kUnits{Unit{"s", 1, 2 * kMinute}, Unit{"min", kMinute, 2 * kHour},
                              Unit{"h", kHour, 2 * kDay}, Unit{"d", kDay, UINT64_MAX}};
  if (time.value == now.value) return "now";
  const bool ahead = time.value > now.value;
  const std::uint64_t distance = ahead ? time.value - now.value : now.value - time.value;
  const Unit* unit = kUnits.data();
  while (distance >= unit->most && unit != &kUnits.back()) ++unit;
  const std::string amount = std::to_string(distance / unit->seconds) + ' ' + unit->name;
  return ahead ? "in " + amount : amount + " ago";
}

}  // namespace leases::cli
