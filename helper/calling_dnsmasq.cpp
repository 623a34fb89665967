#include "helper/calling_dnsmasq.h"

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "helper/file.h"

namespace leases {

namespace {

/// Scripts that call the helper may stand between.
constexpr int kMostCallers = 8;

struct Process {
  pid_t number = 0;
  bool is_dnsmasq = false;
  pid_t parent = 0;
};

/// The beginning of what /proc tells of a process; empty if there is no such process.
std::string text_of(pid_t number, const char* name) {
  const std::string path = "/proc/" + std::to_string(number) + '/' + name;
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 4096> bytes;
  const ssize_t count = file.number() < 0 ? -1 : ::read(file.number(), bytes.data(), bytes.size());
  return {bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
}

/// From its stat: the number, the name in parentheses, a state and the parent.
std::optional<Process> process_of(pid_t number) {
  const std::string text = text_of(number, "stat");
  const std::size_t open = text.find('(');
  const std::size_t close = text.rfind(") ");
  if (open == std::string::npos || close == std::string::npos || close < open) return {};
  Process process{number, text.substr(open + 1, close - open - 1) == "dnsmasq", 0};
  const std::string_view rest = std::string_view(text).substr(std::min(close + 4, text.size()));
  std::from_chars(rest.data(), rest.data() + rest.size(), process.parent);
  return process;
}

/// The child of dnsmasq's that calls its scripts.
std::optional<Process> calling_process() {
  pid_t number = ::getppid();
  for (int callers = 0; callers < kMostCallers; ++callers) {
    const auto process = process_of(number);
    if (!process || process->is_dnsmasq) return process;
    number = process->parent;
  }
  return {};
}

}  // namespace

bool calling_dnsmasq_has_ended() {
  const auto caller = calling_process();
  if (!caller) return false;
  const auto server = process_of(caller->parent);
  return !server || !server->is_dnsmasq;
}

std::string configuration_of_calling_dnsmasq() {
  constexpr std::string_view kOption = "--conf-file=";
  const auto caller = calling_process();
  const std::string arguments = caller ? text_of(caller->number, "cmdline") : std::string();
  for (std::string_view rest = arguments; !rest.empty();) {
    const std::string_view argument = rest.substr(0, rest.find('\0'));
    if (argument.starts_with(kOption)) return std::string(argument.substr(kOption.size()));
    rest.remove_prefix(std::min(argument.size() + 1, rest.size()));
  }
  return {};
}

}  // namespace leases
