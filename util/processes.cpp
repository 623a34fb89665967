#include "util/processes.h"

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "util/decimal.h"
#include "util/directory.h"
#include "util/regular_file.h"
#include "util/words.h"

namespace leases {

namespace {

std::string path_in(const std::string& proc, pid_t id, std::string_view name) {
  return (proc + '/').append(std::to_string(id)).append("/").append(name);
}

std::time_t boot_time() {
  timespec real{};
  timespec since_boot{};
  ::clock_gettime(CLOCK_REALTIME, &real);
  ::clock_gettime(CLOCK_BOOTTIME, &since_boot);
  return real.tv_sec - since_boot.tv_sec;
}

/// The owner of the directory /proc/PID would be wrong: that is root for a process that is not dumpable.
std::optional<uid_t> owner_of(const std::string& directory) {
  const RegularFile status = read_regular_file(directory + "status");
  for (const std::string_view line : lines_of(status.text)) {
    const auto words = words_of(line);
    if (words.size() > 1 && words[0] == "Uid:") return parse_decimal<uid_t>(words[1]);
  }
  return {};
}

std::optional<Process> read_process(const std::string& proc, const ProcessState& state) {
  const std::string directory = path_in(proc, state.id, "");
  const auto owner = owner_of(directory);
  if (!owner || state.state == 'Z') return {};
  const auto since_boot = static_cast<std::time_t>(state.started) / ::sysconf(_SC_CLK_TCK);
  return Process{state.id,
                 state.parent,
                 *owner,
                 boot_time() + since_boot,
                 arguments_of(state.id, proc),
                 is_in_service(state.id, state.name, proc)};
}

}  // namespace

bool is_in_service(pid_t id, std::string_view name, const std::string& proc) {
  const RegularFile groups = read_regular_file(path_in(proc, id, "cgroup"));
  // The whole path (cgroups(7)): a container and a user have services of this name, too, deeper down.
  const std::string end = ":/system.slice/" + std::string(name) + ".service";
  const auto lines = lines_of(groups.text);
  return std::any_of(lines.begin(), lines.end(), [&](std::string_view line) { return line.ends_with(end); });
}

std::optional<ProcessState> state_of_process(pid_t id, const std::string& proc) {
  // The fields after the name begin with the third.
  constexpr std::size_t kState = 0;
  constexpr std::size_t kParent = 1;
  constexpr std::size_t kUserTime = 11;
  constexpr std::size_t kSystemTime = 12;
  constexpr std::size_t kStarted = 19;
  const std::string text = read_regular_file(path_in(proc, id, "stat")).text;
  const std::size_t name = text.find('(');
  const std::size_t name_end = text.rfind(')');
  if (name == std::string::npos || name_end == std::string::npos || name_end < name) return {};
  const auto fields = words_of(std::string_view(text).substr(name_end + 1));
  if (fields.size() <= kStarted) return {};
  const auto parent = parse_decimal<pid_t>(fields[kParent]);
  const auto user_time = parse_decimal<std::uint64_t>(fields[kUserTime]);
  const auto system_time = parse_decimal<std::uint64_t>(fields[kSystemTime]);
  const auto started = parse_decimal<std::uint64_t>(fields[kStarted]);
  if (!parent || !user_time || !system_time || !started) return {};
  return ProcessState{id,
                      text.substr(name + 1, name_end - name - 1),
                      fields[kState].front(),
                      *parent,
                      *user_time + *system_time,
                      *started};
}

std::vector<ProcessState> all_processes(const std::string& proc) {
  std::vector<ProcessState> processes;
  const auto directory = Directory::open_existing(proc);
  if (!directory) return processes;
  for (const std::string& entry : directory->names()) {
    const auto id = parse_decimal<pid_t>(entry);
    auto state = id ? state_of_process(*id, proc) : std::nullopt;
    if (state) processes.push_back(std::move(*state));
  }
  std::ranges::sort(processes, {}, &ProcessState::id);
  return processes;
}

std::vector<std::string> arguments_of(pid_t id, const std::string& proc) {
  const std::string text = read_regular_file(path_in(proc, id, "cmdline")).text;
  std::vector<std::string> arguments;
  for (std::string_view rest = text; !rest.empty();) {
    arguments.emplace_back(rest.substr(0, rest.find('\0')));
    rest.remove_prefix(std::min(arguments.back().size() + 1, rest.size()));
  }
  return arguments;
}

std::vector<Process> processes_named(const std::string& proc, std::string_view name) {
  std::vector<Process> processes;
  for (const ProcessState& state : all_processes(proc)) {
    if (state.name != name) continue;
    if (auto process = read_process(proc, state)) processes.push_back(std::move(*process));
  }
  return processes;
}

bool sees_all_processes(const std::string& proc) {
  return ::access((proc + "/1/stat").c_str(), R_OK) == 0;
}

}  // namespace leases
