#include "cli/checks/kernel_log.h"

#include <charconv>
#include <system_error>

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

}  // namespace

std::optional<Denial> latest_denial(std::string_view log) {
  std::string_view latest;
  for (const std::string_view line : lines_of(log)) {
    if (line.find(kDenied) != std::string_view::npos && line.find("nss-leases") != std::string_view::npos)
      latest = line;
  }
  if (latest.empty()) return {};
  return Denial{latest.substr(latest.find(kDenied)), seconds_of(latest)};
}

}  // namespace leases::cli
