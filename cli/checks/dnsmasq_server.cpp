#include "cli/checks/dnsmasq_server.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <map>
#include <system_error>
#include <utility>

#include "dnsmasq/process.h"
#include "dnsmasq/server_registry.h"
#include "store/file_stamp.h"
#include "store/index_reader.h"
#include "util/directory.h"
#include "util/error.h"
#include "util/file.h"
#include "util/regular_file.h"
#include "util/words.h"

namespace leases::cli {

namespace {

/// A field of a line of passwd(5), from 0; empty if there are not so many.
std::string_view field(std::string_view line, int number) {
  for (; number > 0; --number) {
    const std::size_t colon = line.find(':');
    line.remove_prefix(colon == std::string_view::npos ? line.size() : colon + 1);
  }
  return line.substr(0, line.find(':'));
}

/// False if the text does not begin with a number.
bool read_id(std::string_view text, unsigned& id) {
  return std::from_chars(text.data(), text.data() + text.size(), id).ec == std::errc();
}

}  // namespace

std::optional<ScriptUser> user_of(const CheckContext& context, std::string_view name) {
  const RegularFile file = read_regular_file(context.passwd);
  for (const std::string_view line : lines_of(file.text)) {
    if (field(line, 0) != name) continue;
    ScriptUser user{std::string(name)};
    if (read_id(field(line, 2), user.id) && read_id(field(line, 3), user.group)) return user;
  }
  return {};
}

namespace {

/// The users that a dnsmasq of the system runs as: its options come from root.
constexpr std::array kSystemUsers{"root", "dnsmasq", "libvirt-dnsmasq", "incus", "lxd"};

enum class Program : std::uint8_t {
  installed,
  another,
  hidden,  ///< from this user
};

Program program_of(const CheckContext& context, const Process& process) {
  struct stat running {};
  struct stat installed {};
  const std::string link = context.proc + '/' + std::to_string(process.id) + "/exe";
  if (::stat(link.c_str(), &running) != 0) return Program::hidden;
  const bool same =
      ::stat(context.dnsmasq_program.c_str(), &installed) == 0 && is_same_file(running, installed);
  return same ? Program::installed : Program::another;
}

/// Why a process that is called dnsmasq may be any user's, and so is not trusted; empty if it is trusted.
std::string doubt_about(const CheckContext& context, const Process& process) {
  const bool is_systems = std::any_of(kSystemUsers.begin(), kSystemUsers.end(), [&](const char* user) {
    const auto known = user_of(context, user);
    return known && known->id == process.owner;
  });
  if (!is_systems && !process.is_service) return "is run by user " + std::to_string(process.owner);
  if (program_of(context, process) == Program::another) return "is not " + context.dnsmasq_program;
  return {};
}

/// Whether a process is the one from which another of these runs its scripts.
bool runs_scripts(const CheckContext& context, const Process& process,
                  const std::vector<Process>& processes) {
  return std::ranges::any_of(processes, [&](const Process& other) {
    return other.id == process.parent && may_be_fork_of(process.id, other.id, context.proc);
  });
}

}  // namespace

bool has_called_helper(const CheckContext& context, const Server& server) try {
  const auto state = Directory::open_existing(context.settings.state_directory);
  struct stat script {};
  if (!state || ::stat(server.options.script().c_str(), &script) != 0) return false;
  const ServerRegistry registry = ServerRegistry::read(*state);
  const auto known = std::ranges::find_if(registry.servers(), [&](const KnownServer& one) {
    const ProcessIdentity& process = one.server.process;
    return is_running(process) &&
           (process.id == server.process.id || parent_of(process.id) == server.process.id);
  });
  if (known == registry.servers().end()) return false;
  // It has called since it started; by another script, if this one was changed after that.
  if (script.st_ctime + 1 < server.process.started) return true;
  const auto changed = static_cast<std::uint64_t>(stamp_of(script).changed_ns);
  return std::ranges::any_of(IndexReader(context.settings).live_leases(), [&](const Lease& lease) {
    return lease.source.empty() && registry.serves(known->server, lease.network) &&
           registry.is_served_by_one(lease.network) && lease.changed.nanoseconds > changed;
  });
} catch (const Error&) {
  return false;
}

std::vector<Server> servers(const CheckContext& context, Findings& findings) {
  const auto processes = processes_named(context.proc, "dnsmasq");
  std::map<pid_t, std::string> doubts;
  for (const Process& process : processes) doubts[process.id] = doubt_about(context, process);
  std::vector<Server> found;
  for (Process process : processes) {
    if (!doubts[process.id].empty()) continue;
    // It may be root's while dnsmasq itself has become another user.
    if (runs_scripts(context, process, processes)) {
      std::string& doubt = doubts[process.parent];
      if (doubt.empty()) continue;
      process.id = process.parent;
      doubt.clear();
    }
    const bool certain = program_of(context, process) == Program::installed;
    DnsmasqOptions options(process.arguments, context.dnsmasq_file);
    found.push_back({std::move(process), std::move(options), certain});
  }
  for (const Process& process : processes) {
    // The child becomes dhcp-scriptuser.
    const bool is_child = runs_scripts(context, process, processes) && doubts[process.parent].empty();
    if (const std::string& doubt = doubts[process.id]; !doubt.empty() && !is_child)
      findings.unknown("process " + std::to_string(process.id) + " is called dnsmasq, but " + doubt +
                       ", so its options are not checked");
  }
  return found;
}

}  // namespace leases::cli
