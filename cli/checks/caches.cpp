#include "cli/checks/checks.h"
#include "cli/checks/file_edit.h"
#include "util/processes.h"
#include "util/regular_file.h"
#include "util/words.h"

namespace leases::cli {

namespace {

/// The last line counts, and without one nscd does not cache hosts (nscd.conf(5)).
bool caches_hosts(std::string_view configuration) {
  bool enabled = false;
  for (const std::string_view line : lines_of(configuration)) {
    const auto words = words_of(line.substr(0, line.find('#')));
    if (words.size() >= 3 && words[0] == "enable-cache" && words[1] == "hosts") enabled = words[2] == "yes";
  }
  return enabled;
}

}  // namespace

std::vector<Finding> check_caches(const CheckContext& context) {
  Findings findings("caches");
  const auto processes = processes_named(context.proc, "nscd");
  const RegularFile file = read_regular_file(context.nscd);
  if (processes.empty() && !sees_all_processes(context.proc)) {
    findings.unknown("nscd is not visible, but this user cannot see all processes");
  } else if (processes.empty()) {
    findings.ok("nscd is not running");
  } else if (!file.read() && file.state != RegularFile::State::absent) {
    findings.unknown("nscd runs; " + context.nscd + ' ' + file.problem());
  } else if (caches_hosts(file.text)) {
    findings.problem(
        "nscd (process " + std::to_string(processes.front().id) +
            ") answers in place of the module, and remembers names that did not exist",
        sed_command("s/^([[:space:]]*enable-cache[[:space:]]+hosts[[:space:]]+)yes/\\1no/", context.nscd) +
            (processes.front().is_service ? " && systemctl restart nscd" : " && service nscd restart"));
  } else {
    findings.ok("nscd runs without a cache of hosts");
  }
  return std::move(findings).take();
}

}  // namespace leases::cli
