#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "cli/command_line/exit_code.h"
#include "cli/output/index_dump.h"
#include "cli/output/json_text.h"
#include "cli/output/standard_output.h"
#include "cli/verbs/verbs.h"
#include "store/writable_index.h"
#include "util/escaped_text.h"
#include "util/file.h"

namespace leases::cli {

namespace {

/// A copy, since the file's owner could truncate it while it is mapped. Unlike other readers, this one takes
/// a file from any owner: it is shown, not trusted.
std::vector<std::byte> read_whole(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat status {};
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0)
    throw errno_error(path, "cannot be opened", errno);
  if (!S_ISREG(status.st_mode)) throw Error(path + ": not a regular file; name an index");
  // A sparse file may claim any size. Sections begin within 4 GiB of their table.
  constexpr off_t kLargest = off_t{1} << 32;
  if (status.st_size > kLargest) throw Error(path + ": too large for an index; name an index");
  std::vector<std::byte> bytes(static_cast<std::size_t>(status.st_size));
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t count = ::read(file.number(), bytes.data() + size, bytes.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw errno_error(path, "cannot be read", errno);
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  bytes.resize(size);
  return bytes;
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

struct Options {
  std::string file;
  bool json = false;
};

int dump(const Settings& settings, const Options& options) {
  if (options.file.empty()) require_directories(settings);
  const std::string path =
      options.file.empty() ? settings.runtime_directory + '/' + kIndexName : options.file;
  Output output;
  const IndexFault fault = dump_index(read_whole(path), [&](const Json& row) {
    output.text().append(options.json ? json_text(row) : line_of(row)).append("\n");
    output.flush_if_large();
  });
  output.flush();
  if (fault != IndexFault::none) throw Error(path + ' ' + describe(fault));
  return kFound;
}

}  // namespace

Verb dump_verb(Command leasectl) {
  auto options = std::make_shared<Options>();
  Command command = leasectl.add_command("dump", "The index decoded, section by section, for debugging");
  command.add_option("FILE", options->file, "Another index");
  command.add_flag("--json", options->json, "Print JSON Lines");
  return {command, [options](const Invocation& invocation) { return dump(invocation.settings, *options); }};
}

}  // namespace leases::cli
