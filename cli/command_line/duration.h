#pragma once

#include <optional>
#include <string_view>

namespace leases::cli {

/// Seconds of a duration as people type it: a number of seconds, or numbers with units, "250ms", "1.5h",
/// "1h30m", "1d". Nothing if it is anything else.
std::optional<double> parse_duration(std::string_view text);

}  // namespace leases::cli
