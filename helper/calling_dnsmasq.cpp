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
  bool is_dnsmasq = false;
  pid_t parent = 0;
};

/// From /proc/<pid>/stat: the number, the name in parentheses, a state and the parent. Nothing if there is no
/// such process.
std::optional<Process> process_of(pid_t number) {
  const std::string path = "/proc/" + std::to_string(number) + "/stat";
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 512> bytes;
  const ssize_t count = file.number() < 0 ? -1 : ::read(file.number(), bytes.data(), bytes.size());
  if (count <= 0) return {};
  const std::string_view text(bytes.data(), static_cast<std::size_t>(count));
  const std::size_t open = text.find('(');
  const std::size_t close = text.rfind(") ");
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return {};
  Process process{text.substr(open + 1, close - open - 1) == "dnsmasq", 0};
  const std::string_view rest = text.substr(std::min(close + 4, text.size()));
  std::from_chars(rest.data(), rest.data() + rest.size(), process.parent);
  return process;
}

}  // namespace

bool calling_dnsmasq_has_ended() {
  pid_t number = ::getppid();
  for (int callers = 0; callers < kMostCallers; ++callers) {
    const auto process = process_of(number);
    if (!process) return false;
    if (process->is_dnsmasq) {
      const auto server = process_of(process->parent);
      return !server || !server->is_dnsmasq;
    }
    number = process->parent;
  }
  return false;
}

}  // namespace leases
