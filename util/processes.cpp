#include "util/processes.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "util/directory.h"
#include "util/regular_file.h"
#include "util/words.h"

namespace leases {

namespace {

template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return number;
}

std::time_t boot_time() {
  timespec real{};
  timespec since_boot{};
  ::clock_gettime(CLOCK_REALTIME, &real);
  ::clock_gettime(CLOCK_BOOTTIME, &since_boot);
  return real.tv_sec - since_boot.tv_sec;
}

std::vector<std::string> arguments_of(const std::string& directory) {
  std::vector<std::string> arguments;
  const std::string text = read_regular_file(directory + "/cmdline").text;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\0', begin), text.size());
    arguments.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return arguments;
}

/// The owner of the directory would not do: that is root for a process that forbids its dump.
std::optional<uid_t> owner_of(const std::string& directory) {
  const RegularFile status = read_regular_file(directory + "/status");
  for (const std::string_view line : lines_of(status.text)) {
    const auto words = words_of(line);
    if (words.size() > 1 && words[0] == "Uid:") return parse_number<uid_t>(words[1]);
  }
  return {};
}

bool is_in_service(const std::string& directory, std::string_view name) {
  const RegularFile groups = read_regular_file(directory + "/cgroup");
  const std::string end = '/' + std::string(name) + ".service";
  const auto lines = lines_of(groups.text);
  return std::any_of(lines.begin(), lines.end(), [&](std::string_view line) { return line.ends_with(end); });
}

/// Nothing if the process has ended.
std::optional<Process> read_process(const std::string& directory, pid_t id, std::string_view name) {
  // Behind the name, which may have any byte in it, the fields begin with the third.
  const std::string text = read_regular_file(directory + "/stat").text;
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return {};
  const auto fields = words_of(std::string_view(text).substr(name_end + 1));
  constexpr std::size_t kState = 0;
  constexpr std::size_t kParent = 1;
  constexpr std::size_t kStart = 19;
  if (fields.size() <= kStart || fields[kState] == "Z") return {};
  const auto parent = parse_number<pid_t>(fields[kParent]);
  const auto ticks = parse_number<std::time_t>(fields[kStart]);
  const auto owner = owner_of(directory);
  if (!parent || !ticks || !owner) return {};
  const std::time_t started = boot_time() + *ticks / ::sysconf(_SC_CLK_TCK);
  return Process{id, *parent, *owner, started, arguments_of(directory), is_in_service(directory, name)};
}

}  // namespace

std::vector<Process> processes_named(const std::string& proc, std::string_view name) {
  std::vector<Process> processes;
  const auto directory = Directory::open_existing(proc);
  if (!directory) return processes;
  for (const std::string& entry : directory->names()) {
    const auto id = parse_number<pid_t>(entry);
    if (!id || trimmed(read_regular_file(directory->path_of(entry) + "/comm").text) != name) continue;
    if (auto process = read_process(directory->path_of(entry), *id, name))
      processes.push_back(std::move(*process));
  }
  std::sort(processes.begin(), processes.end(),
            [](const Process& a, const Process& b) { return a.id < b.id; });
  return processes;
}

bool sees_all_processes(const std::string& proc) {
  return ::access((proc + "/1/stat").c_str(), R_OK) == 0;
}

}  // namespace leases
