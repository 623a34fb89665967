#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "cli/command_line/exit_code.h"
#include "cli/command_line/not_empty.h"
#include "cli/command_line/root_only.h"
#include "cli/output/index_dump.h"
#include "cli/output/json_text.h"
#include "cli/output/standard_output.h"
#include "cli/verbs/verbs.h"
#include "store/index_file.h"
#include "util/error.h"
#include "util/escaped_text.h"
#include "util/regular_file.h"
#include "util/words.h"

namespace leases::cli {

namespace {

/// A copy, since the file's owner could cut it short while it is mapped. Unlike other readers this one takes
/// a file from anybody: it is decoded, not trusted.
std::string read_index(const std::string& path) {
  // Sections begin within 4 GiB of their table, and a file without contents may claim any size.
  constexpr auto kLargest =
      static_cast<std::size_t>(std::min<std::uint64_t>(std::uint64_t{1} << 32, SIZE_MAX));
  RegularFile file = read_regular_file(path, kLargest);
  if (!file.read()) throw Error(path + ": " + file.problem(), file.error);
  return std::move(file.text);
}

using Json = nlohmann::ordered_json;

void append_value(std::string& line, const Json& value) {
  if (value.is_string()) {
    line += escaped(value.get_ref<const std::string&>());
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (i > 0) line += ',';
      append_value(line, value[i]);
    }
  } else {
    line += json_text(value);
  }
}

/// "snapshot-name 3 name=web hash=… addresses=10.77.1.130": one line of words, for grep and awk.
std::string line_of(const Json& row) {
  std::string line;
  for (const auto& [key, value] : row.items()) {
    if (!line.empty()) line += ' ';
    if (key != "section" && key != "position") line.append(key).append("=");
    append_value(line, value);
  }
  return line;
}

struct DumpOptions {
  std::string file;
  bool json = false;
};

int dump(const Settings& settings, const DumpOptions& options) {
  if (options.file.empty()) require_directories(settings);
  const std::string path =
      options.file.empty() ? settings.runtime_directory + '/' + kIndexName : options.file;
  const std::string index = read_index(path);
  Output output;
  const IndexFault fault = dump_index(std::as_bytes(std::span(index)), [&](const Json& row) {
    output.text().append(options.json ? json_text(row) : line_of(row)).append("\n");
    output.flush_if_large();
  });
  output.flush();
  if (fault != IndexFault::none) throw Error(path + ' ' + describe(fault));
  return kFound;
}

}  // namespace

Verb dump_verb(Command leasectl) {
  auto options = std::make_shared<DumpOptions>();
  Command command = leasectl.add_command("dump", "The index decoded, section by section, for debugging");
  command.add_option("FILE", options->file, "Another index").validated_by(not_empty);
  command.add_flag("--json", options->json, "Print JSON Lines");
  return {command, [options](const Invocation& invocation) {
            // The same file for root, too.
            const std::string file = options->file.empty() ? "" : ' ' + shell_word(options->file);
            return as_root_or_owner("dump" + file, [&] { return dump(invocation.settings, *options); });
          }};
}

}  // namespace leases::cli
