#include "cli/output/text_style.h"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "cli/output/terminal.h"

namespace leases::cli {

namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : value;
}

}  // namespace

Option add_output_options(Command command, OutputOptions& options, const std::string& json_help) {
  const Option json = command.add_flag("--json", options.json, json_help);
  command.add_option("--color", options.color, "Colour: auto (on a terminal), always or never")
      .one_of({"auto", "always", "never"});
  return json;
}

void add_long_option(Command command, OutputOptions& options) {
  command.add_flag("--long", options.all_columns, "All columns on a terminal, however wide it is");
}

TextStyle TextStyle::of_standard_output(const OutputOptions& options) {
  const bool terminal = ::isatty(STDOUT_FILENO) == 1;
  const bool wanted = terminal && environment("NO_COLOR").empty() && environment("TERM") != "dumb";
  const bool has_width = terminal && !options.all_columns;
  return {options.color == "always" || (options.color == "auto" && wanted), terminal,
          has_width ? terminal_width(STDOUT_FILENO) : 0};
}

}  // namespace leases::cli
