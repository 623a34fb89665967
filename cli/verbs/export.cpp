#include <algorithm>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "cli/command_line/exit_code.h"
#include "cli/exports/formats.h"
#include "cli/exports/inventory.h"
#include "cli/names/network_choice.h"
#include "cli/output/standard_output.h"
#include "cli/verbs/verbs.h"
#include "store/index_reader.h"
#include "util/error.h"
#include "util/output_file.h"

namespace leases::cli {

namespace {

struct ExportOptions {
  NetworkChoice networks;
  std::string output;  ///< a file; empty: standard output
};

int write_export(const Invocation& invocation, ExportOptions& options, const ExportFormat& format) {
  const IndexReader reader(invocation.settings);
  if (!options.networks.settle(reader.networks(), invocation.settings)) return kNotFound;
  std::ostringstream text;
  const int code = format.write(inventory_of(reader, invocation.settings, options.networks), text);
  if (options.output.empty()) {
    print(text.view());
  } else if (code == kFound) {
    replace_file(options.output, text.view(), 0666 & ~invocation.umask);
  }
  return code;
}

}  // namespace

Verb export_verb(Command leasectl) {
  Command command = leasectl.add_command("export", "Hosts and networks in another program's format");
  command.require_command();
  std::vector<ExportFormat> formats;
  formats.reserve(kExportFormats.size());
  for (const auto format_of : kExportFormats) formats.push_back(format_of(command));
  auto options = std::make_shared<ExportOptions>();
  for (const ExportFormat& format : formats) {
    Command exporter = format.command;
    exporter.add_option("NETWORK", options->networks.names, "Only these networks");
    exporter.add_option("--output", options->output, "Replace this file, completely or not at all")
        .validated_by(
            [](const std::string& file) { return file.empty() ? "the name of the file is empty" : ""; })
        .value("FILE");
  }
  return {command, [formats, options](const Invocation& invocation) {
            const auto was_chosen = [](const ExportFormat& format) { return format.command.was_chosen(); };
            return write_export(invocation, *options,
                                *std::find_if(formats.begin(), formats.end(), was_chosen));
          }};
}

}  // namespace leases::cli
