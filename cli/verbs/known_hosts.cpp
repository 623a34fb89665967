#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "cli/checks/addresses_text.h"
#include "cli/checks/nsswitch_file.h"
#include "cli/checks/resolver.h"
#include "cli/command_line/exit_code.h"
#include "cli/known_hosts/address_history.h"
#include "cli/known_hosts/host_holders.h"
#include "cli/known_hosts/known_host_lines.h"
#include "cli/known_hosts/known_hosts_file.h"
#include "cli/output/standard_output.h"
#include "cli/verbs/verbs.h"
#include "store/index_reader.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/hex_text.h"
#include "util/log.h"
#include "util/regular_file.h"
#include "util/words.h"

namespace leases::cli {

namespace {

struct KnownHostsOptions {
  std::vector<std::string> files;
  bool print = false;
  bool json = false;  ///< JSON Lines
};

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

std::string home() {
  std::string path = from_environment("HOME");
  if (path.empty()) throw Error("HOME is not set; set it, or name the file with --file");
  return path;
}

/// By the XDG Base Directory Specification, which ignores a relative path.
std::string history_path() {
  std::string state = from_environment("XDG_STATE_HOME");
  if (!state.starts_with('/')) state = home() + "/.local/state";
  return state + "/nss-leases";
}

/// The directory at a path, made if necessary, and closed to other users, who could hold its lock.
Directory private_directory(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::create_directories(path, error);
  if (!error) fs::permissions(path, fs::perms::owner_all, error);
  if (error) {
    throw errno_error(path, "cannot be made a private directory", error.value())
        .with_advice("set XDG_STATE_HOME to a directory in which you may write");
  }
  return Directory::open_or_create(path);
}

/// The services of nsswitch.conf that know names without leases, such as files and dns, as written there.
std::string other_services() {
  const NsswitchFile file = NsswitchFile::parse(read_regular_file("/etc/nsswitch.conf").text);
  if (!file.has_hosts) return "files dns";
  std::string services;
  for (const NssService& service : file.hosts) {
    if (service.name != "leases") services += (services.empty() ? "" : " ") + service.text();
  }
  return services;
}

/// Why a name may be another machine's than that of the leases with these addresses, as the end of a
/// sentence; nothing if no other service knows it. From then on this process asks those services only.
std::optional<std::string> other_meaning(const std::string& name, const std::set<IpAddress>& leased) {
  const std::string services = other_services();
  if (services.empty() || parse_ip(name)) return {};
  ask_only(services);
  const ResolverAnswer answer = resolve_name(name);
  if (answer.addresses.empty() && answer.is_unknown) return {};
  if (answer.addresses.empty())
    return "may have another meaning, which '" + services + "' cannot tell now (" + answer.error + ')';
  // dnsmasq's DNS knows the lease itself.
  const auto is_leased = [&](const IpAddress& address) { return leased.contains(address); };
  if (std::ranges::all_of(answer.addresses, is_leased)) return {};
  return "is " + text_of(answer.addresses) + " by '" + services + '\'';
}

/// What is known of a host that changed hands.
struct ChangedHost {
  const std::string& name;
  const std::vector<Lease>& leases;
  const std::set<std::string>& leased;  ///< hosts that are or were leased
};

/// Why lines of a host may hold another machine's key, as the end of a sentence.
std::optional<std::string> doubt_of(const ChangedHost& host, const std::string& found) {
  if (const auto other = foreign_host(found, host.name, host.leased))
    return "has a line together with " + *other + ", which was never leased";
  return other_meaning(host.name, addresses_of_host(host.leases, host.name));
}

/// How a person removes a host's lines. ssh-keygen would put a file in the place of a link.
std::string removal_command(const std::string& host, const KnownHostsFile& file) {
  const bool is_usual = file.target() == from_environment("HOME") + "/.ssh/known_hosts";
  return "ssh-keygen -R " + host + (is_usual ? "" : " -f " + shell_word(file.target()));
}

/// Removes a host's lines from a file, or prints them.
void remove_or_print(const ChangedHost& changed, KnownHostsFile& file, const KnownHostsOptions& options) {
  const std::string& host = changed.name;
  const std::string found = file.find(host);
  if (found.empty()) return;
  const auto report = [&](const char* outcome, const std::string& text) {
    print(options.json ? known_host_json(host, file.path(), outcome, found) : text);
  };
  if (has_pattern(found) && !options.print) {
    // -R would remove the line for all the other hosts, too.
    log_line(file.path() + ": " + host +
             " is there by a pattern, which was kept; remove it by hand if need be");
    report("pattern", "");
    return;
  }
  if (const auto doubt = has_pattern(found) ? std::nullopt : doubt_of(changed, found)) {
    log_line(file.path() + ": the key of " + host + " was kept, since " + host + ' ' + *doubt +
             "; if it is not that machine's: " + removal_command(host, file));
    report("kept", "");
    return;
  }
  if (options.print) {
    report("found", found);
    return;
  }
  file.remove(host);
  report("removed", host + " removed from " + file.path() + '\n');
}

void report_no_history(const KnownHostsOptions& options) {
  log_line(std::string("nothing is remembered yet of who had which address; ") +
           (options.print ? "run this once without --print" : "it will be from now on"));
}

/// A file that was named must exist, or a mistyped name would make the change of hands be forgotten.
std::vector<KnownHostsFile> files_of(const KnownHostsOptions& options) {
  std::vector<KnownHostsFile> files;
  if (options.files.empty()) {
    const std::string usual = home() + "/.ssh/known_hosts";
    std::error_code error;
    if (std::filesystem::exists(usual, error)) files.emplace_back(usual);
    if (error)
      throw errno_error(usual, "cannot be looked at", error.value())
          .with_advice("name a known_hosts file of yours with --file, or set HOME");
    return files;
  }
  for (const std::string& path : options.files) {
    KnownHostsFile file(path);
    if (std::ranges::find(files, file.target(), &KnownHostsFile::target) == files.end())
      files.push_back(std::move(file));
  }
  return files;
}

int known_hosts(const Settings& settings, const KnownHostsOptions& options) {
  const IndexReader reader(settings);
  const std::vector<Lease> leases = reader.live_leases();
  const HoldersOfHosts present = holders_of_hosts(leases);
  std::vector<KnownHostsFile> files = files_of(options);
  const std::string path = history_path();
  const std::optional<Directory> directory =
      options.print ? Directory::open_existing(path) : private_directory(path);
  if (!directory) {
    report_no_history(options);
    return kFound;
  }
  AddressHistory history(*directory);
  if (!history.exists()) report_no_history(options);
  std::set<std::string> leased = history.hosts();
  for (const auto& [host, holders] : present) leased.insert(host);
  for (const auto& [host, holders] : present) {
    if (!history.changed_hands(host, holders)) continue;
    for (KnownHostsFile& file : files) remove_or_print({host, leases, leased}, file, options);
  }
  if (options.print) return kFound;
  for (const auto& [host, holders] : present) history.remember(host, holders, now());
  history.save(now());
  return kFound;
}

}  // namespace

Verb known_hosts_verb(Command leasectl) {
  auto options = std::make_shared<KnownHostsOptions>();
  Command command = leasectl.add_command(
      "known-hosts", "Remove the ssh keys of addresses and names that another machine has now");
  command.add_flag("--json", options->json, "Print JSON Lines: what was done about each host");
  command.add_flag("--print", options->print, "Print them, and change nothing");
  command.add_option("--file", options->files, "A file instead of ~/.ssh/known_hosts; may be repeated")
      .value("FILE");
  return {command,
          [options](const Invocation& invocation) { return known_hosts(invocation.settings, *options); }};
}

}  // namespace leases::cli
