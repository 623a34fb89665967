#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "cli/command_line/exit_code.h"
#include "cli/command_line/not_empty.h"
#include "cli/follow/lease_wait.h"
#include "cli/names/awaited_names.h"
#include "cli/verbs/verbs.h"
#include "util/log.h"

namespace leases::cli {

namespace {

/// A command line of `wait`, whose words are not yet names.
struct TypedWait {
  WaitOptions options;
  std::vector<std::string> names;
  std::vector<std::string> guests;
};

int wait(const Settings& settings, TypedWait& typed) {
  WaitTarget& target = typed.options.target;
  if (typed.names.empty() && typed.guests.empty() && target.glob.empty()) {
    log_line("nothing to wait for; give a NAME, --guest or --match; see leasectl wait --help");
    return kUsage;
  }
  AwaitedNames awaited(settings);
  const auto add_range = [&](const std::string& text) { return awaited.add_range(text); };
  const auto add_guests = [&](const std::string& text) { return awaited.add_guests(text); };
  if (!std::ranges::all_of(typed.names, add_range) || !std::ranges::all_of(typed.guests, add_guests))
    return kUsage;
  target.names = awaited.take();
  require_directories(settings);
  if (!target.glob.empty() && target.count == 0) target.count = 1;
  return LeaseWait(settings, typed.options).run();
}

/// Returns --gone.
Option add_names(Command command, TypedWait& typed) {
  WaitTarget& target = typed.options.target;
  command.add_option("NAME|MAC", typed.names, "A name or range like ci-[000-255].lab");
  const Option guest =
      command.add_option("--guest", typed.guests, "This guest, too, or a range; for libvirt, the domain")
          .value("GUEST");
  const Option all =
      command.add_flag("--all", target.all_interfaces, "Each MAC address of a guest must have a lease")
          .needs(guest);
  const Option match = command.add_option("--match", target.glob, "Names that match this pattern, too")
                           .validated_by(not_empty)
                           .value("GLOB");
  const Option count =
      command.add_option("--count", target.count, "How many machines must match (default: 1)")
          .needs(match)
          .range(1, std::numeric_limits<std::int64_t>::max())
          .value("N");
  return command.add_flag("--gone", target.gone, "Until none of them has a lease")
      .excludes(all)
      .excludes(count);
}

void add_conditions(Command command, TypedWait& typed, Option gone) {
  WaitOptions& options = typed.options;
  command.add_time("--timeout", options.timeout,
                   "At most this long, like 90s, 5m or 1h30m (default: no limit)");
  command.add_family("--family", options.target.family,
                     "Only addresses of this family count; both: one of each", &options.target.both_families);
  command.add_option("--port", options.port, "Until they accept a TCP connection on this port, too")
      .range(1, 65535)
      .excludes(gone)
      .value("PORT");
  command
      .add_option("--exec", options.command,
                  "For each name that is ready, run this in a shell, with $1 its name and $2 its address")
      .value("COMMAND");
  command.add_flag("--json", options.json, "Print JSON Lines, at the end also for missing names");
}

}  // namespace

Verb wait_verb(Command leasectl) {
  auto typed = std::make_shared<TypedWait>();
  Command command = leasectl.add_command("wait", "Return when names have leases, or have none any more");
  add_conditions(command, *typed, add_names(command, *typed));
  return {command, [typed](const Invocation& invocation) {
            return wait(with_own_names(invocation.settings), *typed);
          }};
}

}  // namespace leases::cli
