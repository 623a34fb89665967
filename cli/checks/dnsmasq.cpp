#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>

#include "cli/checks/checks.h"
#include "cli/checks/dnsmasq_remedy.h"
#include "cli/checks/dnsmasq_server.h"
#include "cli/checks/remedy.h"
#include "dnsmasq/options.h"
#include "import/source_list.h"
#include "paths.h"
#include "util/regular_file.h"
#include "util/words.h"

namespace leases::cli {

namespace {

/// A command that changes a server's configuration, with its restart; empty if there is none.
std::string with_restart(const Server& server, const std::string& command) {
  if (!server.certain || command.empty()) return {};
  const std::string restart = server.restart_command();
  return command + (restart.empty() ? "" : " && " + restart);
}

enum class Script : std::uint8_t { helper, runs_helper, other, missing };

/// In the place of libvirt's, the helper has another name. A script of somebody's own may run it in its turn.
Script kind_of(const std::string& script) {
  std::error_code error;
  if (script == paths::kHelper || std::filesystem::equivalent(script, paths::kHelper, error))
    return Script::helper;
  const RegularFile file = read_regular_file(script);
  if (file.state == RegularFile::State::absent) return Script::missing;
  return file.text.find(paths::kHelper) != std::string::npos ? Script::runs_helper : Script::other;
}

void check_executable(const std::string& path, Findings& findings) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    findings.problem(printable(path) + " does not exist, or its directory is closed", kInstall);
  } else if (!S_ISREG(status.st_mode)) {
    findings.problem(printable(path) + " is " + kind_of_file(status.st_mode) + ", not a program",
                     "rm -r " + shell_word(path) + " && " + kInstall);
  } else if ((status.st_mode & 0111U) != 0111U) {
    findings.problem(printable(path) + " is not executable", "chmod a+x " + shell_word(path));
  }
}

void check_programs(Findings& findings) {
  const std::string helper = paths::kHelper;
  check_executable(helper, findings);
  check_executable(helper.substr(0, helper.rfind('/')) + "/leases-import", findings);
}

/// Whether dnsmasq began after its configuration was what it is.
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

/// "add the line script-on-renewal to FILE"
std::string renewals_advice(const CheckContext& context, const DnsmasqOptions& options) {
  const std::string file = file_for_renewals(context, options);
  if (file.empty()) return "give it --script-on-renewal on its command line";
  return "add the line script-on-renewal to " + printable(file);
}

/// dnsmasq by itself tells a script nothing of a lease that goes on (dnsmasq(8), script-on-renewal). What
/// could not be read may have the option.
void check_renewals(const CheckContext& context, const Server& server, Findings& findings) {
  if (server.options.tells_renewals() || !server.options.unread().empty()) return;
  findings.problem(server.name() + " does not tell " + printable(server.options.script()) +
                       " of renewals, so names end while their leases go on; " +
                       renewals_advice(context, server.options) + server.restart_advice(),
                   with_restart(server, adding_renewals(context, server.options)));
}

/// The helper can be run as another user only if both directories are that user's (leaseshelper(8)). Root's
/// helper becomes their owner.
void check_owners(const CheckContext& context, const Server& server, Findings& findings) {
  const std::string& user = server.options.script_user();
  const auto id = user_id(context, user);
  if (!id || *id == 0) return;
  for (const std::string& path : {context.settings.state_directory, context.settings.runtime_directory}) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 || status.st_uid == *id) continue;
    findings.problem(
        server.name() + " runs the helper as " + printable(user) + ", who does not own " + printable(path),
        server.certain
            ? "chown -R " + shell_word(user + ':') + ' ' + shell_word(context.settings.state_directory) +
                  ' ' + shell_word(context.settings.runtime_directory) + " && " + rebuild_command(context)
            : "");
    return;
  }
}

/// What the server's leases are read from, if somebody else than the helper writes them and they are
/// imported; else empty.
std::string imported_from(const CheckContext& context, const Server& server) {
  const std::string& script = server.options.script();
  if (script == paths::kLibvirtHelper) return context.settings.libvirt_directory;
  const auto files = list_sources(context.settings.sources).files;
  const bool is_source = std::any_of(files.begin(), files.end(), [&](const SourceFile& file) {
    return file.path == server.options.lease_file();
  });
  return is_source ? server.options.lease_file() : std::string();
}

/// True if the server's leases come to the index.
bool check_server(const CheckContext& context, const Server& server, Findings& findings) {
  const std::string& script = server.options.script();
  if (script.empty() || kind_of(script) == Script::other || kind_of(script) == Script::missing) {
    if (const std::string from = imported_from(context, server); !from.empty()) {
      findings.ok(server.name() + " does not run the helper, and its leases are imported from " +
                  printable(from));
      return true;
    }
  }
  if (script.empty()) {
    findings.problem(server.name() + " has dhcp-range, but no dhcp-script=" + paths::kHelper +
                         ": nobody is told of its leases" + server.restart_advice(),
                     with_restart(server, adding_script(context, server.options)));
    return false;
  }
  switch (kind_of(script)) {
    case Script::other:
      findings.unknown(server.name() + " runs " + printable(script) +
                       ": its leases have names here only if that runs " + paths::kHelper);
      return false;
    case Script::missing:
      findings.problem(server.name() + " has the dhcp-script " + printable(script) +
                           ", which does not exist; it should be " + paths::kHelper + server.restart_advice(),
                       with_restart(server, replacing_script(server.options)));
      return false;
    case Script::runs_helper:
      check_executable(script, findings);
      break;
    case Script::helper:
      break;
  }
  check_renewals(context, server, findings);
  check_age(server, findings);
  check_owners(context, server, findings);
  if (!findings.any_problem())
    findings.ok(server.name() + " runs " + printable(script) +
                (script == paths::kHelper ? "" : ", which runs the helper"));
  return true;
}

/// How a script of somebody's own runs the helper.
std::string calling_advice(const std::string& script) {
  return printable(script) + " can run it: " + paths::kHelper + " \"$@\"";
}

/// What the files say of a dnsmasq that does not run.
void check_script_in_files(const CheckContext& context, const DnsmasqOptions& options, Findings& findings) {
  const std::string& script = options.script();
  const std::string place = " in " + printable(options.script_file());
  switch (kind_of(script)) {
    case Script::other:
      findings.problem("no dnsmasq runs the helper, and the dhcp-script" + place + " is another; " +
                           calling_advice(script),
                       {});
      return;
    case Script::missing:
      findings.problem("no dnsmasq runs the helper, and the dhcp-script" + place + ", " + printable(script) +
                           ", does not exist",
                       replacing_script(options) + " && " + kRestartDnsmasq);
      return;
    case Script::runs_helper:
    case Script::helper:
      break;
  }
  if (!options.tells_renewals() && options.unread().empty())
    findings.problem(
        "dnsmasq would not tell the helper of renewals, so names would end while their leases "
        "go on; " +
            renewals_advice(context, options),
        adding_renewals(context, options));
  findings.problem(
      "no dnsmasq serves DHCP, though " + printable(options.script_file()) + " tells it to run the helper",
      kRestartDnsmasq);
}

/// No dnsmasq runs that could run the helper; so what its files say is all there is.
void check_files(const CheckContext& context, Findings& findings) {
  const DnsmasqOptions options(
      {"dnsmasq", "-7", context.dnsmasq_directory + ",.dpkg-dist,.dpkg-old,.dpkg-new"}, context.dnsmasq_file);
  const auto files = list_sources(context.settings.sources).files;
  const bool imports = std::any_of(files.begin(), files.end(),
                                   [](const SourceFile& file) { return file.kind != SourceKind::mac_map; });
  if (imports) {
    findings.ok("no dnsmasq that is to be seen runs the helper; the leases of others are imported");
  } else if (!options.script().empty()) {
    check_script_in_files(context, options, findings);
  } else {
    findings.problem(std::string("no dnsmasq runs the helper, and there is no dhcp-script=") +
                         paths::kHelper + " in " + context.dnsmasq_file + " or " + context.dnsmasq_directory,
                     adding_script(context, options) + " && " + kRestartDnsmasq);
  }
}

}  // namespace

std::vector<Finding> check_dnsmasq(const CheckContext& context) {
  Findings findings("dnsmasq");
  check_programs(findings);
  bool any_served = false;
  bool any_to_tell = false;  // of whose leases nobody is told, which is said
  bool any_unread = false;
  std::string foreign_script;
  for (const Server& server : servers(context, findings)) {
    const DnsmasqOptions& options = server.options;
    // What could not be read may have what is missed.
    const bool unread = !options.unread().empty() && options.script().empty();
    for (const std::string& unread_file : options.unread())
      findings.unknown(server.name() + ": " + unread_file);
    any_unread = any_unread || unread;
    if (unread || (!options.serves_dhcp() && options.script().empty())) continue;
    const bool served = check_server(context, server, findings);
    any_served = any_served || served;
    const bool is_missing = !options.script().empty() && kind_of(options.script()) == Script::missing;
    any_to_tell = any_to_tell || options.script().empty() || is_missing;
    if (!served && !is_missing && options.script() != paths::kLibvirtHelper)
      foreign_script = options.script();
  }
  if (any_served || any_to_tell || any_unread) return std::move(findings).take();
  if (!foreign_script.empty()) {
    findings.problem("no dnsmasq runs the helper; " + calling_advice(foreign_script), {});
  } else if (sees_all_processes(context.proc)) {
    check_files(context, findings);
  } else {
    findings.unknown("no dnsmasq is to be seen, but this user does not see all processes");
  }
  return std::move(findings).take();
}

}  // namespace leases::cli
