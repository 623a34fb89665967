#include <fnmatch.h>
#include <sys/stat.h>

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "cli/checks/checks.h"
#include "cli/checks/dnsmasq_instances.h"
#include "cli/checks/dnsmasq_remedy.h"
#include "cli/checks/dnsmasq_script.h"
#include "cli/checks/dnsmasq_server.h"
#include "cli/checks/dnsmasq_start.h"
#include "cli/checks/dnsmasq_stopped.h"
#include "cli/checks/helper_programs.h"
#include "cli/checks/remedy.h"
#include "dnsmasq/options.h"
#include "import/source_list.h"
#include "util/regular_file.h"
#include "util/words.h"

namespace leases::cli {

namespace {

/// A command that changes a server's configuration and restarts it; empty if there is none.
std::string with_restart(const Server& server, const std::string& command) {
  if (!server.certain || command.empty()) return {};
  const std::string restart = server.restart_command();
  return command + (restart.empty() ? "" : " && " + restart);
}

void check_executable(const CheckContext& context, const std::string& path, Findings& findings) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    findings.problem(printable(path) + " does not exist, or its directory is not readable by this user" +
                         install_advice(context),
                     install_command(context));
  } else if (!S_ISREG(status.st_mode)) {
    findings.problem(
        printable(path) + " is " + kind_of_file(status.st_mode) + ", not a program" + install_advice(context),
        install_after("rm -r " + shell_word(path), context));
  } else if ((status.st_mode & 0111U) != 0111U) {
    findings.problem(printable(path) + " is not executable", "chmod a+x " + shell_word(path));
  }
}

void check_programs(const CheckContext& context, Findings& findings) {
  for (const std::string& program : helper_programs(context)) check_executable(context, program, findings);
}

/// dnsmasq reads its configuration only when it starts.
void check_age(const Server& server, Findings& findings) {
  for (const std::string& file : {server.options.script_file(), server.options.renewals_file()}) {
    struct stat status {};
    if (file.empty() || ::stat(file.c_str(), &status) != 0 || status.st_mtime <= server.process.started + 1)
      continue;
    findings.problem(server.name() + " was started before " + printable(file) + ", which has its " +
                         (file == server.options.script_file() ? "dhcp-script" : "script-on-renewal") +
                         ", was changed" + server.restart_advice(),
                     server.restart_command());
    return;
  }
}

/// By default dnsmasq does not run its script when a lease is renewed (dnsmasq(8), script-on-renewal). A file
/// that could not be read may have the option.
void check_renewals(const CheckContext& context, const Server& server, Findings& findings) {
  if (server.options.reports_renewals() || !server.options.unread().empty()) return;
  findings.problem(server.name() + " does not run " + printable(server.options.script()) +
                       " on renewals, so names expire while their leases go on; " +
                       renewals_advice(context, server.options) + server.restart_advice(),
                   with_restart(server, adding_renewals(context, server.options)));
}

/// The helper can run as another user than root only if that user owns both directories (leaseshelper(8)). As
/// root, it becomes their owner.
void check_owners(const CheckContext& context, const Server& server, Findings& findings) {
  const auto user = user_of(context, server.options.script_user());
  if (!user || user->id == 0) return;
  const auto& [state, runtime] =
      std::tie(context.settings.state_directory, context.settings.runtime_directory);
  for (const std::string& path : {state, runtime}) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 || status.st_uid == user->id) continue;
    // Its leases of the time before are told at the restart.
    findings.problem(
        server.name() + " runs the helper as " + printable(user->name) + ", who does not own " +
            printable(path) + server.restart_advice(),
        with_restart(server, "chown -R " + shell_word(user->name + ':') + ' ' + shell_word(state) + ' ' +
                                 shell_word(runtime) + " && " + rebuild_command(context)));
    return;
  }
}

/// Whether a source in the configuration stands for a file, whether it can be seen or not.
bool is_named(const CheckContext& context, const std::string& file) {
  return std::ranges::any_of(context.settings.sources, [&](const SourceConfig& source) {
    return std::ranges::any_of(patterns_of(source), [&](const SourcePattern& pattern) {
      return ::fnmatch(pattern.path.c_str(), file.c_str(), FNM_PATHNAME) == 0;
    });
  });
}

/// The file or directory from which the server's leases are imported; empty if they are not.
std::string imported_from(const CheckContext& context, const Server& server) {
  const std::string& script = server.options.script();
  if (script == context.libvirt_helper) return context.settings.libvirt_directory;
  const std::string& lease_file = server.options.lease_file();
  const SourceListing sources = configured_sources(context.settings);
  const bool is_source =
      std::ranges::any_of(sources.files, [&](const SourceFile& file) { return file.path == lease_file; });
  return is_source || (sources.may_hold(lease_file) && is_named(context, lease_file)) ? lease_file
                                                                                      : std::string();
}

void report_missing_script(const CheckContext& context, const Server& server, Findings& findings) {
  if (const std::string source = adding_source(context, server.options); !source.empty()) {
    findings.problem(server.name() + " has no dhcp-script, and its lease file, " +
                         printable(server.options.lease_file()) + ", is not imported",
                     server.certain ? source : std::string());
  } else if (const std::string unread = unread_script_file(context, server.options); !unread.empty()) {
    findings.problem(server.name() + " does not read " + printable(unread) +
                         ", which has the helper as dhcp-script" + server.restart_advice(),
                     with_restart(server, reading_script_file(context, server.options, unread)));
  } else {
    findings.problem(server.name() + " has dhcp-range, but no dhcp-script=" + context.helper +
                         ": nothing learns of its leases" + server.restart_advice(),
                     with_restart(server, adding_script(context, server.options)));
  }
}

/// True if the server's leases reach the index.
bool check_server(const CheckContext& context, const Server& server, Findings& findings) {
  const std::string& script = server.options.script();
  const ScriptKind kind = kind_of(context, script);
  if (script.empty() || kind == ScriptKind::other || kind == ScriptKind::missing) {
    if (const std::string from = imported_from(context, server); !from.empty()) {
      findings.ok(server.name() + " does not run the helper, and its leases are imported from " +
                  printable(from));
      return true;
    }
  }
  if (script.empty()) {
    report_missing_script(context, server, findings);
    return false;
  }
  switch (kind) {
    case ScriptKind::other:
      if (has_called_helper(context, server)) break;
      findings.unknown(server.name() + " runs " + printable(script) +
                       ": its leases have names here only if that runs " + context.helper);
      return false;
    case ScriptKind::missing:
      findings.problem(server.name() + " has the dhcp-script " + printable(script) +
                           ", which does not exist; it should be " + context.helper + server.restart_advice(),
                       with_restart(server, replacing_script(context, server.options)));
      return false;
    case ScriptKind::runs_helper:
      check_executable(context, script, findings);
      break;
    case ScriptKind::helper:
      break;
  }
  check_renewals(context, server, findings);
  check_age(server, findings);
  check_owners(context, server, findings);
  if (!findings.any_problem())
    findings.ok(server.name() + " runs " + printable(script) +
                (kind == ScriptKind::other  ? ", which has called the helper"
                 : script == context.helper ? ""
                                            : ", which runs the helper"));
  return true;
}

}  // namespace

std::vector<Finding> check_dnsmasq(const CheckContext& context) {
  Findings findings("dnsmasq");
  check_programs(context, findings);
  bool any_served = false;
  bool any_unserved = false;  // without a script that exists, which is a finding already
  bool any_unread = false;
  std::string foreign_script;
  Findings strangers("dnsmasq");
  const std::vector<Server> running = servers(context, strangers);
  std::vector<const Server*> callers;
  const bool any_stranger = !strangers.empty();
  findings.add_all(std::move(strangers));
  for (const Server& server : running) {
    const DnsmasqOptions& options = server.options;
    // A file that could not be read may have the options.
    const bool unread = !options.unread().empty() && options.script().empty();
    for (const std::string& unread_file : options.unread())
      findings.unknown(server.name() + ": " + unread_file);
    any_unread = any_unread || unread;
    if (unread || (!options.serves_dhcp() && options.script().empty())) continue;
    const bool served = check_server(context, server, findings);
    any_served = any_served || served;
    if (served && options.script() != context.libvirt_helper) callers.push_back(&server);
    const bool is_missing =
        !options.script().empty() && kind_of(context, options.script()) == ScriptKind::missing;
    any_unserved = any_unserved || options.script().empty() || is_missing;
    if (!served && !is_missing && options.script() != context.libvirt_helper)
      foreign_script = options.script();
  }
  check_instances(context, callers, findings);
  if (any_served || any_unserved || any_unread) return std::move(findings).take();
  if (!foreign_script.empty()) {
    findings.problem("no dnsmasq runs the helper; " + calling_advice(context, foreign_script));
  } else if (sees_all_processes(context.proc)) {
    check_stopped(context, any_stranger ? "no other dnsmasq" : "no dnsmasq", findings);
  } else {
    findings.unknown("no dnsmasq is visible, but this user cannot see all processes");
  }
  return std::move(findings).take();
}

}  // namespace leases::cli
