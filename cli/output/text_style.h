#pragma once

#include <string>

#include "cli/command_line/command_line.h"

namespace leases::cli {

/// What of a verb's command line is about the form of what it prints.
struct OutputOptions {
  bool json = false;
  std::string color = "auto";  ///< "always", "never"
};

/// Declares --json, which is explained by `json_help`, and --color.
void add_output_options(Command command, OutputOptions& options, const std::string& json_help);

/// How a table looks. The default is for a pipe: the same whoever reads it.
struct TextStyle {
  bool color = false;           ///< with SGR escape sequences (ECMA-48)
  bool relative_times = false;  ///< "in 43 min" instead of a date

  /// For standard output: times for a person on a terminal, colour there too unless NO_COLOR
  /// (https://no-color.org) or TERM=dumb says no; --color has the last word.
  static TextStyle of_standard_output(const OutputOptions& options);
};

}  // namespace leases::cli
