#include "cli/verbs/export.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "cli/command_line/exit_code.h"
#include "cli/exports/formats.h"
#include "cli/exports/inventory.h"
#include "cli/names/network_choice.h"
#include "store/index_reader.h"
#include "util/file.h"
#include "util/output_file.h"

namespace leases::cli {

namespace {

struct Options {
  NetworkChoice networks;
  std::string output;  ///< a file; empty: standard output
  mode_t mode = 0;     ///< of a new file
};

int write_export(const Settings& settings, const Options& options, const ExportFormat& format) {
  const IndexReader reader(settings);
  if (!options.networks.is_among(reader.networks())) return kNotFound;
  std::ostringstream text;
  const int code = format.write(inventory_of(reader, settings, options.networks), text);
  if (options.output.empty()) {
    std::cout << text.view();
    if (!std::cout.flush()) throw Error("standard output: cannot be written");
  } else if (code == kFound) {
    replace_file(options.output, text.view(), options.mode);
  }
  return code;
}

}  // namespace

Verb export_verb(Command leasectl, mode_t umask) {
  Command command = leasectl.add_command("export", "Hosts and networks in the form of another program");
  command.require_command();
  std::vector<ExportFormat> formats;
  for (const auto format_of : kExportFormats) formats.push_back(format_of(command));
  auto options = std::make_shared<Options>();
  options->mode = 0666 & ~umask;
  for (const ExportFormat& format : formats) {
    Command exporter = format.command;
    exporter.add_option("NETWORK", options->networks.names, "Only these networks");
    exporter.add_option("--output", options->output, "Replace this file, as a whole or not at all")
        .validated_by(
            [](const std::string& file) { return file.empty() ? "the name of a file is empty" : ""; })
        .value("FILE");
  }
  return {command, [formats, options](const Settings& settings) {
            const auto was_chosen = [](const ExportFormat& format) { return format.command.was_chosen(); };
            return write_export(settings, *options,
                                *std::find_if(formats.begin(), formats.end(), was_chosen));
          }};
}

}  // namespace leases::cli
