#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "cli/check/dnsmasq_options.h"
#include "cli/check/process.h"
#include "cli/check/remedy.h"
#include "cli/check/text.h"
#include "cli/check/text_file.h"
#include "cli/check/topics.h"
#include "helper/lease_source.h"
#include "paths.h"

namespace leases::cli {

namespace {

/// By the file, since a lookup through NSS could wait for what is wrong with that. Nothing if it is not
/// there.
std::optional<uid_t> user_id(const World& world, std::string_view user) {
  const TextFile file = TextFile::open(world.passwd);
  for (const std::string_view line : lines_of(file.text)) {
    if (!line.starts_with(user) || !line.substr(user.size()).starts_with(':')) continue;
    const std::size_t begin = line.find(':', user.size() + 1);
    uid_t id = 0;
    if (begin == std::string_view::npos) return {};
    const char* end = line.data() + line.size();
    if (std::from_chars(line.data() + begin + 1, end, id).ec == std::errc()) return id;
  }
  return {};
}

/// The users as whom a dnsmasq of the system runs: what is told to it is root's word.
constexpr std::array kSystemUsers{"root", "dnsmasq", "libvirt-dnsmasq"};

enum class Program : std::uint8_t {
  installed,
  another,
  hidden,  ///< from this user
};

Program program_of(const World& world, const Process& process) {
  struct stat running {};
  struct stat installed {};
  const std::string link = world.proc + '/' + std::to_string(process.id) + "/exe";
  if (::stat(link.c_str(), &running) != 0) return Program::hidden;
  const bool same = ::stat(world.dnsmasq_program.c_str(), &installed) == 0 &&
                    running.st_dev == installed.st_dev && running.st_ino == installed.st_ino;
  return same ? Program::installed : Program::another;
}

/// Why a process that calls itself dnsmasq may be anybody's, and so is not believed; empty if it is.
std::string doubt_about(const World& world, const Process& process) {
  const bool is_systems = std::any_of(kSystemUsers.begin(), kSystemUsers.end(), [&](const char* user) {
    return user_id(world, user) == process.owner;
  });
  if (!is_systems) return "is run by user " + std::to_string(process.owner);
  if (program_of(world, process) == Program::another) return "is not " + world.dnsmasq_program;
  return {};
}

/// A dnsmasq of the system, and what it was told.
struct Server {
  Process process;
  DnsmasqOptions options;
  bool certain;  ///< that it is dnsmasq; if not, nothing that it was told becomes part of a command

  [[nodiscard]] std::string name() const { return "dnsmasq (process " + std::to_string(process.id) + ')'; }
  [[nodiscard]] std::string restart_command() const { return process.is_service ? kRestartDnsmasq : ""; }
  /// What to do where there is no command.
  [[nodiscard]] std::string restart_advice() const {
    return process.is_service ? "" : "; restart process " + std::to_string(process.id);
  }
};

std::vector<Server> servers(const World& world, Findings& findings) {
  const auto processes = processes_named(world.proc, "dnsmasq");
  std::map<pid_t, std::string> doubts;
  for (const Process& process : processes) doubts[process.id] = doubt_about(world, process);
  std::vector<Server> found;
  for (Process process : processes) {
    if (!doubts[process.id].empty()) continue;
    // dnsmasq runs its scripts from a child, which has the same command line, and stays root's where dnsmasq
    // itself has become nobody.
    if (const auto parent = doubts.find(process.parent); parent != doubts.end()) {
      if (parent->second.empty()) continue;
      process.id = parent->first;
      parent->second.clear();
    }
    const bool certain = program_of(world, process) == Program::installed;
    DnsmasqOptions options(process.arguments, world.dnsmasq_file);
    found.push_back({std::move(process), std::move(options), certain});
  }
  for (const Process& process : processes) {
    const auto parent = doubts.find(process.parent);
    // The child becomes dhcp-scriptuser.
    const bool is_child = parent != doubts.end() && parent->second.empty();
    if (const std::string& doubt = doubts[process.id]; !doubt.empty() && !is_child)
      findings.unknown("process " + std::to_string(process.id) + " is called dnsmasq, but " + doubt +
                       ", so what it was told is not looked at");
  }
  return found;
}

/// Adds dhcp-script to a file that dnsmasq reads.
std::string adding_command(const World& world, const DnsmasqOptions& options) {
  const bool in_directory = options.reads_directory(world.dnsmasq_directory);
  const std::string file = in_directory ? world.dnsmasq_directory + "/nss-leases.conf" : options.main_file();
  return std::string("echo dhcp-script=") + paths::kHelper + " >> " + shell_word(file);
}

/// For a server that has no dhcp-script.
std::string telling_command(const World& world, const Server& server) {
  if (!server.certain || server.options.main_file().empty()) return {};
  const std::string restart = server.restart_command();
  return adding_command(world, server.options) + (restart.empty() ? "" : " && " + restart);
}

enum class Script : std::uint8_t { helper, runs_helper, other };

/// In the place of libvirt's, the helper has another name. A script of somebody's own may run it in its turn.
Script kind_of(const std::string& script) {
  std::error_code error;
  if (script == paths::kHelper || std::filesystem::equivalent(script, paths::kHelper, error))
    return Script::helper;
  const TextFile file = TextFile::open(script);
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
  struct stat status {};
  const std::string& file = server.options.script_file();
  if (file.empty() || ::stat(file.c_str(), &status) != 0) return;
  if (status.st_mtime > server.process.started + 1)
    findings.problem(server.name() + " was started before " + printable(file) +
                         ", which has its dhcp-script, was changed" + server.restart_advice(),
                     server.restart_command());
}

/// The helper can be run as another user only if both directories are that user's (leaseshelper(8)). Root's
/// helper becomes their owner.
void check_owners(const World& world, const Server& server, Findings& findings) {
  const std::string& user = server.options.script_user();
  const auto id = user_id(world, user);
  if (!id || *id == 0) return;
  for (const std::string& path : {world.settings.state_directory, world.settings.runtime_directory}) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 || status.st_uid == *id) continue;
    findings.problem(
        server.name() + " runs the helper as " + printable(user) + ", who does not own " + printable(path),
        server.certain
            ? "chown -R " + shell_word(user + ':') + ' ' + shell_word(world.settings.state_directory) + ' ' +
                  shell_word(world.settings.runtime_directory) + " && " + rebuild_command(world)
            : "");
    return;
  }
}

/// What the server's leases are read from, if somebody else than the helper writes them and they are
/// imported; else empty.
std::string imported_from(const World& world, const Server& server) {
  const std::string& script = server.options.script();
  if (script == paths::kLibvirtHelper) return world.settings.libvirt_directory;
  const auto files = files_of(world.settings.sources).files;
  const bool is_source = std::any_of(files.begin(), files.end(), [&](const SourceFile& file) {
    return file.path == server.options.lease_file();
  });
  return is_source ? server.options.lease_file() : std::string();
}

/// True if the server's leases come to the index.
bool check_server(const World& world, const Server& server, Findings& findings) {
  const std::string& script = server.options.script();
  if (script.empty() || kind_of(script) == Script::other) {
    if (const std::string from = imported_from(world, server); !from.empty()) {
      findings.ok(server.name() + " does not run the helper, and its leases are imported from " +
                  printable(from));
      return true;
    }
  }
  if (script.empty()) {
    findings.problem(server.name() + " has dhcp-range, but no dhcp-script=" + paths::kHelper +
                         ": nobody is told of its leases" + server.restart_advice(),
                     telling_command(world, server));
    return false;
  }
  switch (kind_of(script)) {
    case Script::other:
      findings.unknown(server.name() + " runs " + printable(script) +
                       ": its leases have names here only if that runs " + paths::kHelper);
      return false;
    case Script::runs_helper:
      check_executable(script, findings);
      break;
    case Script::helper:
      break;
  }
  check_age(server, findings);
  check_owners(world, server, findings);
  if (!findings.any_problem())
    findings.ok(server.name() + " runs " + printable(script) +
                (script == paths::kHelper ? "" : ", which runs the helper"));
  return true;
}

/// No dnsmasq runs that could run the helper; so what its files say is all there is.
void check_files(const World& world, Findings& findings) {
  const DnsmasqOptions options({"dnsmasq", "-7", world.dnsmasq_directory + ",.dpkg-dist,.dpkg-old,.dpkg-new"},
                               world.dnsmasq_file);
  const auto files = files_of(world.settings.sources).files;
  const bool imports = std::any_of(
      files.begin(), files.end(), [](const SourceFile& file) { return file.kind != LeaseFileKind::mac_map; });
  if (imports) {
    findings.ok("no dnsmasq that is to be seen runs the helper; the leases of others are imported");
  } else if (options.script() == paths::kHelper) {
    findings.problem(
        "no dnsmasq serves DHCP, though " + printable(options.script_file()) + " tells it to run the helper",
        kRestartDnsmasq);
  } else {
    findings.problem(std::string("no dnsmasq runs the helper, and there is no dhcp-script=") +
                         paths::kHelper + " in " + world.dnsmasq_file + " or " + world.dnsmasq_directory,
                     adding_command(world, options) + " && " + kRestartDnsmasq);
  }
}

}  // namespace

std::vector<Finding> check_dnsmasq(const World& world) {
  Findings findings("dnsmasq");
  check_programs(findings);
  bool any_served = false;
  bool any_bare = false;
  bool any_unread = false;
  for (const Server& server : servers(world, findings)) {
    const DnsmasqOptions& options = server.options;
    // What could not be read may have what is missed.
    const bool unread = !options.unread().empty() && options.script().empty();
    for (const std::string& unread_file : options.unread())
      findings.unknown(server.name() + ": " + unread_file);
    any_unread = any_unread || unread;
    if (unread || (!options.serves_dhcp() && options.script().empty())) continue;
    any_served = check_server(world, server, findings) || any_served;
    any_bare = any_bare || options.script().empty();
  }
  if (any_served || any_bare || any_unread) return std::move(findings).take();
  if (sees_all_processes(world.proc)) {
    check_files(world, findings);
  } else {
    findings.unknown("no dnsmasq is to be seen, but this user does not see all processes");
  }
  return std::move(findings).take();
}

}  // namespace leases::cli
