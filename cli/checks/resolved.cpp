#include <algorithm>
#include <string>
#include <string_view>

#include "cli/checks/checks.h"
#include "util/processes.h"
#include "util/regular_file.h"
#include "util/words.h"

namespace leases::cli {

namespace {

/// What the kernel shows of systemd-resolved's name: fifteen bytes (proc(5), comm).
constexpr std::string_view kResolved = "systemd-resolve";
/// The interface that resolved calls, from systemd 259 on, stands in its program.
constexpr std::string_view kHookInterface = "io.systemd.Resolve.Hook";

bool exists(const std::string& path) {
  return read_regular_file(path).state != RegularFile::State::absent;
}

/// Whether a process waits for connections there (proc(5), /proc/net/unix: the flag __SO_ACCEPTCON).
bool is_listened_at(const CheckContext& context, std::string_view socket) {
  constexpr std::string_view kListens = "00010000";
  const std::string sockets = read_regular_file(context.proc + "/net/unix").text;
  return std::ranges::any_of(lines_of(sockets), [&](std::string_view line) {
    const auto words = words_of(line);
    return words.size() == 8 && words[3] == kListens && words[7] == socket;
  });
}

}  // namespace

std::vector<Finding> check_resolved(const CheckContext& context) {
  Findings findings("resolved");
  const auto processes = processes_named(context.proc, kResolved);
  const RegularFile program = read_regular_file(context.resolved);
  if (processes.empty() && !sees_all_processes(context.proc)) {
    findings.unknown("systemd-resolved is not visible, but this user cannot see all processes");
  } else if (processes.empty()) {
    findings.ok("systemd-resolved is not running");
  } else if (!program.read()) {
    findings.unknown(context.resolved + ' ' + program.problem() +
                     ", so it is not known whether systemd-resolved asks for names of leases");
  } else if (program.text.find(kHookInterface) == std::string::npos) {
    findings.ok("systemd-resolved is older than systemd 259, and asks nobody for names of leases");
  } else if (is_listened_at(context, context.hook)) {
    findings.ok("systemd-resolved asks leases-resolve, for programs that do not ask NSS");
  } else if (exists(context.hook_wanted)) {
    findings.problem(
        "systemd-resolved asks nobody for names of leases: leases-resolve.socket does not listen at " +
            context.hook,
        "systemctl reset-failed leases-resolve.socket leases-resolve.service && "
        "systemctl restart leases-resolve.socket");
  } else {
    findings.unknown(
        "systemd-resolved asks nobody for names of leases, so programs that do not ask NSS know none; "
        "if they should: systemctl enable --now leases-resolve.socket");
  }
  return std::move(findings).take();
}

}  // namespace leases::cli
