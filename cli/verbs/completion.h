#pragma once

#include <string>

#include "cli/command_line/expected.h"
#include "store/settings.h"

namespace leases::cli {

/// The hidden command by which the completion of the shells asks what may stand in place of its last
/// argument.
inline constexpr const char* kCompletion = "__complete";

/// The answer: a line for each word, with its help, if it has one, after a tab. A line with nothing before
/// the tab stands for the names of files. Without an index there are no words from it.
std::string completion_of(const Expected& expected, const Settings& settings);

}  // namespace leases::cli
