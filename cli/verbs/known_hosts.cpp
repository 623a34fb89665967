#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/command_line/exit_code.h"
#include "cli/known_hosts/address_history.h"
#include "cli/names/folded_name.h"
#include "cli/output/json_text.h"
#include "cli/output/standard_output.h"
#include "cli/verbs/verbs.h"
#include "common/host_name.h"
#include "store/index_reader.h"
#include "store/transaction.h"
#include "util/hex_text.h"
#include "util/log.h"
#include "util/program.h"

namespace leases::cli {

namespace {

constexpr const char* kPackage = "openssh-client";

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
  if (error) throw errno_error(path, "cannot be made a private directory", error.value());
  return Directory::open_or_create(path);
}

/// A virtual machine keeps its hardware address when it is installed again. dnsmasq does not always know that
/// of a DHCPv6 client, so its DUID identifies it as well.
AddressHistory::Holders holders_of(const Lease& lease) {
  AddressHistory::Holders holders;
  if (lease.hardware) holders.emplace(HardwareText(*lease.hardware).view());
  const bool has_duid = lease.address.family == Family::v6 && !lease.client_id.empty();
  if (has_duid || !lease.hardware) holders.insert(hex_text(lease.client_id));
  holders.erase("");
  return holders;
}

/// The hosts that a user may connect to by ssh, in lower case like ssh writes them in known_hosts.
std::vector<std::string> hosts_of(const Lease& lease) {
  std::vector<std::string> hosts{std::string(IpText(lease.address).view())};
  for (const std::string_view label : {lease.accepted_name(), lease.guest_label()}) {
    if (!is_host_label(label)) continue;
    const std::string name(label);
    hosts.push_back(name);
    for (const std::string_view suffix : {lease.domain, lease.network, domain_part_of(lease.guest_name)}) {
      if (is_domain_name(suffix)) hosts.push_back(name + '.' + std::string(suffix));
    }
  }
  for (std::string& host : hosts) host = folded(host);
  return hosts;
}

using HoldersOfHosts = std::map<std::string, AddressHistory::Holders>;

HoldersOfHosts holders_of_hosts(const std::vector<Lease>& leases) {
  HoldersOfHosts holders;
  for (const Lease& lease : leases) {
    const AddressHistory::Holders words = holders_of(lease);
    if (words.empty()) continue;
    for (const std::string& host : hosts_of(lease)) holders[host].insert(words.begin(), words.end());
  }
  return holders;
}

/// Whether a line of the output of ssh-keygen -F has a pattern of hosts (sshd(8), SSH_KNOWN_HOSTS FILE
/// FORMAT).
bool has_pattern(const std::string& found) {
  std::istringstream lines(found);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string hosts;
    fields >> hosts;
    if (hosts.starts_with('@')) fields >> hosts;
    if (!hosts.starts_with('#') && hosts.find_first_of("*?!") != std::string::npos) return true;
  }
  return false;
}

/// `outcome`: what was done with a host's lines in a file. `found`: the output of ssh-keygen -F
/// (schema/known-host.schema.json).
std::string json_line_of(const std::string& host, const std::string& file, const char* outcome,
                         const std::string& found) {
  nlohmann::ordered_json object;
  object["host"] = host;
  object["file"] = file;
  object["outcome"] = outcome;
  auto& keys = object["keys"] = nlohmann::ordered_json::array();
  std::istringstream lines(found);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with('#')) keys.push_back(line);
  }
  return json_text(object) + '\n';
}

/// Removes a host's lines from a file, or prints them.
void remove_or_print(const std::string& host, const std::string& file, const KnownHostsOptions& options) {
  constexpr int kNotThere = 1;
  const ProgramResult found = run_program({"ssh-keygen", "-F", host, "-f", file}, kPackage);
  if (found.status == kNotThere) return;
  if (found.status != 0) throw Error(file + ": ssh-keygen could not search it for " + host);
  const auto report = [&](const char* outcome, const std::string& text) {
    print(options.json ? json_line_of(host, file, outcome, found.output) : text);
  };
  if (options.print) {
    report("found", found.output);
    return;
  }
  if (has_pattern(found.output)) {
    // -R would remove the line for all the other hosts, too.
    log_line(file + ": " + host + " is there by a pattern, which was kept; remove it by hand if need be");
    report("pattern", "");
    return;
  }
  if (run_program({"ssh-keygen", "-R", host, "-f", file}, kPackage).status != 0)
    throw Error(file + ": ssh-keygen could not remove " + host + " from it");
  report("removed", host + " removed from " + file + '\n');
}

void report_no_history(const KnownHostsOptions& options) {
  log_line(std::string("nothing is remembered yet of who had which address; ") +
           (options.print ? "run this once without --print" : "it will be from now on"));
}

/// A file that was named must exist, or a mistyped name would make the change of hands be forgotten.
std::vector<std::string> files_of(const KnownHostsOptions& options) {
  if (options.files.empty()) return {home() + "/.ssh/known_hosts"};
  for (const std::string& file : options.files) {
    if (!std::filesystem::exists(file)) throw Error(file + ": does not exist; name a known_hosts file");
  }
  return options.files;
}

int known_hosts(const Settings& settings, const KnownHostsOptions& options) {
  const IndexReader reader(settings);
  const HoldersOfHosts present = holders_of_hosts(reader.live_leases());
  const std::vector<std::string> files = files_of(options);
  const std::string path = history_path();
  const std::optional<Directory> directory =
      options.print ? Directory::open_existing(path) : private_directory(path);
  if (!directory) {
    report_no_history(options);
    return kFound;
  }
  AddressHistory history(*directory);
  if (!history.exists()) report_no_history(options);
  for (const auto& [host, holders] : present) {
    if (!history.changed_hands(host, holders)) continue;
    for (const std::string& file : files) {
      if (std::filesystem::exists(file)) remove_or_print(host, file, options);
    }
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
