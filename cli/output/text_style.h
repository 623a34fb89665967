#pragma once

#include <cstddef>
#include <string>

#include "cli/command_line/command_line.h"

namespace leases::cli {

/// The output options of a verb.
struct OutputOptions {
  bool json = false;
  std::string color = "auto";  ///< "auto", "always" or "never"
  bool all_columns = false;
};

/// Declares --json, with `json_help` as its help, and --color. Returns --json.
Option add_output_options(Command command, OutputOptions& options, const std::string& json_help);

/// Declares --long, for a verb whose table leaves columns out on a terminal.
void add_long_option(Command command, OutputOptions& options);

/// The style of a table. The default is for a pipe.
struct TextStyle {
  bool color = false;         ///< with SGR escape sequences (ECMA-48)
  bool for_terminal = false;  ///< arranged for a person, with "in 43 min" instead of a date
  std::size_t width = 0;      ///< in columns of a terminal; 0: a line may have any length

  /// For standard output. On a terminal, text is arranged for a person, times are relative and there is
  /// colour, unless NO_COLOR (https://no-color.org) or TERM=dumb forbids it; --color overrides both. Without
  /// --long, a line is as long as the terminal is wide.
  static TextStyle of_standard_output(const OutputOptions& options);
};

}  // namespace leases::cli
