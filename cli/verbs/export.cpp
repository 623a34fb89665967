#include <algorithm>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "cli/command_line/exit_code.h"
#include "cli/command_line/not_empty.h"
#include "cli/exports/formats.h"
#include "cli/exports/inventory.h"
#include "cli/follow/followed_file.h"
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
  bool follow = false;
  std::string command;  ///< to run after each change of the file
};

/// An export as text, and the format's exit code.
struct ExportText {
  int code = kFound;
  std::string text;
};

ExportText export_text(const Inventory& inventory, const ExportFormat& format) {
  std::ostringstream text;
  const int code = format.write(inventory, text);
  return {code, std::move(text).str()};
}

/// What a file is followed with. Until its networks and its domain have been seen once, there is no text.
class FollowedExport {
 public:
  FollowedExport(const Settings& settings, const ExportFormat& format, NetworkChoice networks)
      : settings_(settings), format_(format), networks_(std::move(networks)) {}

  std::optional<FollowedFile::Text> look(const IndexReader& reader) {
    NetworkChoice choice = networks_;
    if (!was_exported_ && !choice.settle(reader.networks(), settings_)) return {};
    return [this, choice, inventory = inventory_of(reader, settings_, choice, format_.has_reserved)](
               EpochSeconds time) mutable {
      inventory.time = time;
      return text(inventory, choice);
    };
  }

 private:
  std::optional<std::string> text(Inventory& inventory, const NetworkChoice& choice) {
    inventory.was_exported = was_exported_;
    ExportText exported = export_text(inventory, format_);
    if (exported.code != kFound) return {};
    was_exported_ = true;
    networks_ = choice;
    return std::move(exported.text);
  }

  const Settings& settings_;
  const ExportFormat& format_;
  NetworkChoice networks_;
  bool was_exported_ = false;
};

void follow(const Invocation& invocation, const ExportOptions& options, const ExportFormat& format) {
  require_directories(invocation.settings);
  FollowedExport followed(invocation.settings, format, options.networks);
  const auto look = [&](const IndexReader& reader) { return followed.look(reader); };
  FollowedFile(invocation.settings, {options.output, 0666 & ~invocation.umask, look, options.command}).run();
}

int write_export(const Invocation& invocation, ExportOptions& options, const ExportFormat& format) {
  if (options.follow) {
    follow(invocation, options, format);
    return kFound;
  }
  const Settings& settings = invocation.settings;
  const IndexReader reader(settings);
  if (!options.networks.settle(reader.networks(), settings)) return kNotFound;
  Inventory inventory = inventory_of(reader, settings, options.networks, format.has_reserved);
  if (!options.output.empty()) inventory.time = time_of_next_state(time_of_state(options.output));
  const auto [code, text] = export_text(inventory, format);
  if (options.output.empty()) {
    print(text);
  } else if (code == kFound) {
    replace_file(options.output, text, 0666 & ~invocation.umask, inventory.time);
  }
  return code;
}

/// The options of every format.
void add_options(Command exporter, ExportOptions& options) {
  exporter.add_option("NETWORK", options.networks.names, "Only these networks");
  const Option output =
      exporter.add_option("--output", options.output, "Replace this file, completely or not at all")
          .validated_by(not_empty)
          .value("FILE");
  const Option follow =
      exporter.add_flag("--follow", options.follow, "Keep the file up to date until told to end")
          .needs(output);
  exporter
      .add_option("--exec", options.command,
                  "At the start and after each change of the file, run this in a shell")
      .needs(follow)
      .value("COMMAND");
}

}  // namespace

Verb export_verb(Command leasectl) {
  Command command = leasectl.add_command("export", "Hosts and networks in another program's format");
  command.require_command();
  std::vector<ExportFormat> formats;
  formats.reserve(kExportFormats.size());
  for (const auto format_of : kExportFormats) formats.push_back(format_of(command));
  auto options = std::make_shared<ExportOptions>();
  for (const ExportFormat& format : formats) add_options(format.command, *options);
  return {command, [formats, options](const Invocation& invocation) {
            const auto was_chosen = [](const ExportFormat& format) { return format.command.was_chosen(); };
            return write_export(invocation, *options,
                                *std::find_if(formats.begin(), formats.end(), was_chosen));
          }};
}

}  // namespace leases::cli
