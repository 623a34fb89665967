#include "cli/checks/kernel_log.h"

#include <charconv>
#include <string>
#include <system_error>
#include <vector>

#include "util/regular_file.h"
#include "util/words.h"

namespace leases::cli {

namespace {

constexpr std::string_view kDenied = "apparmor=\"DENIED\"";

/// The third field of a record's head is its time, in microseconds.
std::optional<long> seconds_of(std::string_view record) {
  const std::size_t first = record.find(',');
  const std::size_t second = first == std::string_view::npos ? first : record.find(',', first + 1);
  if (second == std::string_view::npos) return {};
  long microseconds = 0;
  const auto [end, error] =
      std::from_chars(record.data() + second + 1, record.data() + record.size(), microseconds);
  if (error != std::errc()) return {};
  return microseconds / 1'000'000;
}

/// The value of a field, as of profile in profile="ping"; empty if there is none.
std::string_view value_in(std::string_view record, std::string_view name) {
  const std::string key = ' ' + std::string(name) + "=\"";
  const std::size_t begin = record.find(key);
  if (begin == std::string_view::npos) return {};
  const std::string_view value = record.substr(begin + key.size());
  return value.substr(0, value.find('"'));
}

/// The profile that the kernel has other rules of from here on, or none any more; empty if it is none.
std::string_view changed_profile(std::string_view record) {
  const std::string_view operation = value_in(record, "operation");
  if (record.find("apparmor=\"STATUS\"") == std::string_view::npos) return {};
  if (operation != "profile_replace" && operation != "profile_remove") return {};
  return value_in(record, "info").starts_with("same as current profile") ? "" : value_in(record, "name");
}

}  // namespace

std::optional<Denial> latest_denial(std::string_view log) {
  std::vector<std::string_view> denials;
  for (const std::string_view line : lines_of(log)) {
    if (line.find(kDenied) != std::string_view::npos && line.find("nss-leases") != std::string_view::npos) {
      denials.push_back(line);
    } else if (const auto changed = changed_profile(line); !changed.empty()) {
      std::erase_if(denials, [&](std::string_view denial) { return value_in(denial, "profile") == changed; });
    }
  }
  if (denials.empty()) return {};
  const std::string_view latest = denials.back();
  return Denial{latest.substr(latest.find(kDenied)), seconds_of(latest)};
}

}  // namespace leases::cli
