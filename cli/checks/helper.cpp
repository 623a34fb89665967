#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "cli/checks/checks.h"
#include "cli/checks/dnsmasq_script.h"
#include "cli/checks/dnsmasq_server.h"
#include "cli/checks/helper_programs.h"
#include "cli/checks/helper_trial.h"
#include "cli/checks/mount.h"
#include "cli/checks/open_to_others.h"
#include "common/trust.h"
#include "dnsmasq/server_registry.h"
#include "store/share_settings.h"
#include "store/status_file.h"
#include "util/directory.h"
#include "util/error.h"
#include "util/words.h"

namespace leases::cli {

namespace {

/// One that dnsmasq runs the helper as, and what makes it report its leases again.
struct Caller {
  ScriptUser user;
  std::string restart;
  std::string restart_advice;
};

bool runs_helper(const CheckContext& context, const std::string& script) {
  if (script.empty()) return false;
  const ScriptKind kind = kind_of(context, script);
  return script == context.libvirt_helper || kind == ScriptKind::helper || kind == ScriptKind::runs_helper;
}

/// Users, each once. Where no dnsmasq runs the helper, the importer is root's. One whom passwd(5) does not
/// have is reported.
std::vector<Caller> callers(const CheckContext& context, Findings& findings) {
  std::vector<Caller> found;
  bool any_unknown = false;
  const auto add = [&](const DnsmasqOptions& options, std::string restart, std::string advice) {
    const auto user = user_of(context, options.script_user());
    if (!user) {
      any_unknown = true;
      findings.unknown("dnsmasq runs the helper as " + printable(options.script_user()) + ", who is not in " +
                       context.passwd + ", so what that user may do is not tried");
      return;
    }
    if (std::ranges::any_of(found, [&](const Caller& known) { return known.user.id == user->id; })) return;
    found.push_back({*user, std::move(restart), std::move(advice)});
  };
  Findings strangers("helper");
  for (const Server& server : servers(context, strangers)) {
    if (server.certain && runs_helper(context, server.options.script()))
      add(server.options, server.restart_command(), server.restart_advice());
  }
  const DnsmasqOptions stopped = options_in_files(context);
  if (found.empty() && !any_unknown && runs_helper(context, stopped.script()))
    add(stopped, restarting_service(context), {});
  if (found.empty() && !any_unknown) found.push_back({{"root"}, {}, {}});
  return found;
}

bool has_strangers_files(const std::string& state_directory) try {
  const auto directory = Directory::open_existing(state_directory);
  return directory && std::ranges::any_of(networks_in(*directory), [&](const std::string& network) {
           const auto file = directory->status_of(status_name(network));
           return file && is_strangers(*file, directory->status());
         });
} catch (const Error&) {
  return false;
}

/// Whether what is there is neither root's nor that user's, and so not what the helper wrote.
bool is_of_stranger(const std::string& path, uid_t owner) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && status.st_uid != 0 && status.st_uid != owner;
}

bool has_strangers_servers(const std::string& servers, uid_t owner) try {
  const auto directory = Directory::open_existing(servers);
  return directory && std::ranges::any_of(directory->names(), [&](const std::string& name) {
           return is_of_stranger(directory->path_of(name), owner);
         });
} catch (const Error&) {
  return false;
}

/// The registry of servers, or its directory, was put there by somebody while that was possible. It names
/// files that root reads leases from, and no lease depends on it.
void check_strangers_servers(const CheckContext& context, uid_t owner, Findings& findings) {
  const std::string& state = context.settings.state_directory;
  const std::string servers = state + '/' + kServersDirectory;
  const std::string known = servers + '/' + kServersFile;
  const bool is_whole = is_of_stranger(servers, owner);
  // What deletes it is said with a directory that is still open.
  if (!is_whole && (is_open_to_others(servers) || !is_of_stranger(known, owner))) return;
  const std::string& path = is_whole ? servers : known;
  findings.problem(printable(path) + " belongs neither to root nor to the owner of " + printable(state) +
                       ", so somebody else decides from which files leases are read",
                   "rm -rf " + shell_word(path) + " && " + rebuild_command(context));
}

/// All that is neither root's nor that user's. What other hosts share is written by a user of its own.
std::string deleting_strangers_files(const CheckContext& context, const std::string& path, uid_t owner) {
  const std::string shared = context.settings.state_directory + '/' + std::string(kSharedDirectory);
  std::string command =
      "find " + shell_word(path) + " -mindepth 1 ! -user root ! -user " + std::to_string(owner);
  if (context.settings.share.has_section)
    command += " ! -path " + shell_word(shared) + " ! -path " + shell_word(shared + "/*");
  return command + " -delete";
}

void check_closed_to_others(const CheckContext& context, Findings& findings) {
  const std::string& state = context.settings.state_directory;
  const std::string servers = state + '/' + kServersDirectory;
  const std::string known = servers + '/' + kServersFile;
  const std::string programs = helper_directory(context);
  struct stat status {};
  const bool has_state = ::stat(state.c_str(), &status) == 0;
  // A command may delete what comes after it.
  std::vector<std::string> paths;
  if (!is_of_stranger(known, status.st_uid)) paths.push_back(known);
  std::ranges::copy(std::array{servers, state, context.configuration, programs, context.leasectl},
                    std::back_inserter(paths));
  for (const char* name : {"before-removal", "leases-resolve", "leases-share"})
    paths.push_back(programs + '/' + name);
  std::ranges::copy(helper_programs(context), std::back_inserter(paths));
  for (const std::string& path : paths) {
    if (!is_open_to_others(path)) continue;
    std::string command = closing(path);
    const bool is_planted = (path == state && has_strangers_files(path)) ||
                            (path == servers && has_strangers_servers(path, status.st_uid));
    // Closed first, so that nothing comes after that; then nothing that is not its owner's may be believed.
    if (is_planted && has_state)
      command +=
          " && " + deleting_strangers_files(context, path, status.st_uid) + " && " + rebuild_command(context);
    findings.problem(open_to_others(path), std::move(command));
  }
  if (has_state) check_strangers_servers(context, status.st_uid, findings);
}

/// What gives the user every right that the helper needs. It changes files, which the index has to know.
std::string giving_rights(const CheckContext& context, const ScriptUser& user) {
  const std::string directories =
      shell_word(context.settings.state_directory) + ' ' + shell_word(context.settings.runtime_directory);
  return "mkdir -p " + directories + " && chmod -R u+rwX,go-w " + directories + " && chown -R " +
         shell_word(user.name + ':') + ' ' + directories + " && " + rebuild_command(context);
}

std::string remounting(const char* option, const std::string& path) {
  return std::string("mount -o remount,") + option + " \"$(findmnt -no TARGET -T " + shell_word(path) + ")\"";
}

/// Empty where a file system is read-only though nobody mounted it so: after an error it has to be repaired
/// first, and some cannot be written at all.
std::string remounting_writable(const CheckContext& context, const std::string& path) {
  const auto mount = mount_of(path, context.proc, context.sys);
  return mount && mount->can_be_made_writable ? remounting("rw", path) : std::string();
}

bool is_on_noexec(const std::string& path) {
  struct statvfs status {};
  return ::statvfs(path.c_str(), &status) == 0 && (status.f_flag & ST_NOEXEC) != 0;
}

/// Empty if no command removes it.
std::string remedy_for(const CheckContext& context, const ScriptUser& user, const Obstacle& obstacle) {
  const std::string& path = obstacle.path;
  switch (obstacle.error) {
    case EROFS:
      return remounting_writable(context, path);
    case EISDIR:
      return "rm -r " + shell_word(path);
    case EACCES:
    case EPERM:
      if (obstacle.action != Obstacle::Action::run) return giving_rights(context, user);
      if (is_on_noexec(path)) return remounting("exec", path);
      return "chmod a+rx " + shell_word(path.substr(0, path.rfind('/'))) + ' ' + shell_word(path);
    default:
      return {};
  }
}

const char* verb_of(Obstacle::Action action) {
  switch (action) {
    case Obstacle::Action::run:
      return "run";
    case Obstacle::Action::open:
      return "open";
    case Obstacle::Action::write:
      break;
  }
  return "write in";
}

std::string reason_of(const Obstacle& obstacle) {
  if (obstacle.error == EISDIR) return "it is not a file";
  if (obstacle.action == Obstacle::Action::run && is_on_noexec(obstacle.path))
    return "its file system is mounted noexec";
  return std::strerror(obstacle.error);
}

/// The command that shows what stands behind an error, without the path.
std::string showing(int error) {
  if (error == ENOSPC || error == EDQUOT) return "df -h ";
  return error == EROFS ? "findmnt -T " : "ls -ld ";
}

void report(const CheckContext& context, const Caller& caller, const Obstacle& obstacle, Findings& findings) {
  const bool is_run = obstacle.action == Obstacle::Action::run;
  std::string text = (is_run ? "dnsmasq" : "the helper") + std::string(", as ") +
                     printable(caller.user.name) + ", cannot " + verb_of(obstacle.action) + ' ' +
                     printable(obstacle.path) + ": " + reason_of(obstacle);
  std::string remedy = remedy_for(context, caller.user, obstacle);
  if (remedy.empty()) {
    findings.problem(std::move(text), LookAt{showing(obstacle.error) + shell_word(obstacle.path)});
    return;
  }
  // The events that failed meanwhile are made up for at the start.
  if (!caller.restart.empty()) remedy += " && " + caller.restart;
  findings.problem(text + caller.restart_advice, std::move(remedy));
}

/// The dnsmasq check says which user does not own the directories.
bool owns_directories(const CheckContext& context, const ScriptUser& user) {
  if (user.id == 0) return true;
  return std::ranges::all_of(
      std::array{&context.settings.state_directory, &context.settings.runtime_directory},
      [&](const std::string* path) {
        struct stat status {};
        return ::stat(path->c_str(), &status) != 0 || status.st_uid == user.id;
      });
}

/// What check_executable() has not said already.
bool is_executable(const std::string& program) {
  struct stat status {};
  return ::stat(program.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         (status.st_mode & 0111U) == 0111U;
}

void try_as(const CheckContext& context, const Caller& caller, Findings& findings) {
  std::string last_remedy;
  for (const Obstacle& obstacle : try_as_helper(context, caller.user)) {
    const bool is_run = obstacle.action == Obstacle::Action::run;
    if (is_run ? !is_executable(obstacle.path) : !owns_directories(context, caller.user)) continue;
    // One command gives all rights.
    const std::string remedy = remedy_for(context, caller.user, obstacle);
    if (!remedy.empty() && remedy == last_remedy) continue;
    last_remedy = remedy;
    report(context, caller, obstacle, findings);
  }
}

}  // namespace

std::vector<Finding> check_helper(const CheckContext& context) {
  Findings findings("helper");
  check_closed_to_others(context, findings);
  if (::geteuid() != 0) {
    findings.unknown("only root can try what the helper does");
    return std::move(findings).take();
  }
  std::string users;
  for (const Caller& caller : callers(context, findings)) {
    try_as(context, caller, findings);
    users.append(users.empty() ? "" : ", ").append(printable(caller.user.name));
  }
  if (findings.empty()) findings.ok("as " + users + ", it may do what it has to");
  return std::move(findings).take();
}

}  // namespace leases::cli
