#include "cli/verbs/known_hosts.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
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
#include "common/host_name.h"
#include "store/index_reader.h"
#include "util/clock.h"
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

/// As the XDG Base Directory Specification has it: a relative path does not count.
std::string memory_path() {
  std::string state = from_environment("XDG_STATE_HOME");
  if (!state.starts_with('/')) state = home() + "/.local/state";
  return state + "/nss-leases";
}

/// That directory, made if it does not exist, and the user's alone: others could keep its lock.
Directory private_directory(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::create_directories(path, error);
  if (!error) fs::permissions(path, fs::perms::owner_all, error);
  if (error) throw errno_error(path, "cannot be made a private directory", error.value());
  return Directory::open_or_create(path);
}

/// A virtual machine keeps its hardware address, whatever is installed on it. dnsmasq does not always know
/// that of a DHCPv6 client, so there the DUID stands for it as well.
AddressHistory::Holders holders_of(const Lease& lease) {
  AddressHistory::Holders holders;
  if (lease.hardware) holders.emplace(HardwareText(*lease.hardware).view());
  const bool has_duid = lease.address.family == Family::v6 && !lease.client_id.empty();
  if (has_duid || !lease.hardware) holders.insert(hex_text(lease.client_id));
  holders.erase("");
  return holders;
}

/// What ssh may be told to connect to, as it writes it in known_hosts: in lower case.
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

/// Whether one of the lines that ssh-keygen -F prints stands for more hosts than it names (sshd(8),
/// SSH_KNOWN_HOSTS FILE FORMAT).
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

/// Of a host's lines in a file, what was done and what ssh-keygen -F printed of them
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
void treat(const std::string& host, const std::string& file, const KnownHostsOptions& options) {
  constexpr int kNotThere = 1;
  const ProgramResult found = run_program({"ssh-keygen", "-F", host, "-f", file}, kPackage);
  if (found.status == kNotThere) return;
  if (found.status != 0) throw Error(file + ": ssh-keygen could not look for " + host + " in it");
  const auto report = [&](const char* outcome, const std::string& text) {
    std::cout << (options.json ? json_line_of(host, file, outcome, found.output) : text);
  };
  if (options.print) {
    report("found", found.output);
    return;
  }
  if (has_pattern(found.output)) {
    // -R would take the line away from all the other hosts.
    log_line(file + ": " + host + " is there by a pattern, which stays; edit it if it has to go");
    report("pattern", "");
    return;
  }
  if (run_program({"ssh-keygen", "-R", host, "-f", file}, kPackage).status != 0)
    throw Error(file + ": ssh-keygen could not remove " + host + " from it");
  report("removed", host + " removed from " + file + '\n');
}

void say_nothing_is_remembered(const KnownHostsOptions& options) {
  log_line(std::string("nothing is remembered yet of who had which address; ") +
           (options.print ? "a run without --print does so" : "it is from now on"));
}

int known_hosts(const Settings& settings, const KnownHostsOptions& options) {
  const IndexReader reader(settings);
  const HoldersOfHosts present = holders_of_hosts(reader.live_leases());
  const std::string path = memory_path();
  const std::optional<Directory> directory =
      options.print ? Directory::open_existing(path) : private_directory(path);
  if (!directory) {
    say_nothing_is_remembered(options);
    return kFound;
  }
  AddressHistory memory(*directory);
  if (!memory.exists()) say_nothing_is_remembered(options);
  const std::vector<std::string> files =
      options.files.empty() ? std::vector{home() + "/.ssh/known_hosts"} : options.files;
  for (const auto& [host, holders] : present) {
    if (!memory.changed_hands(host, holders)) continue;
    for (const std::string& file : files) {
      if (std::filesystem::exists(file)) treat(host, file, options);
    }
  }
  if (!std::cout.flush()) throw Error("standard output: cannot be written");
  if (options.print) return kFound;
  for (const auto& [host, holders] : present) memory.remember(host, holders, now());
  memory.save(now());
  return kFound;
}

}  // namespace

Verb known_hosts_verb(Command leasectl) {
  auto options = std::make_shared<KnownHostsOptions>();
  Command command = leasectl.add_command(
      "known-hosts", "Remove the ssh keys of addresses and names that another machine has now");
  command.add_flag("--json", options->json, "Print JSON Lines: what was done about each host");
  command.add_flag("--print", options->print, "Print them instead, and change nothing");
  command.add_option("--file", options->files, "Instead of ~/.ssh/known_hosts; may be repeated")
      .value("FILE");
  return {command, [options](const Settings& settings) { return known_hosts(settings, *options); }};
}

}  // namespace leases::cli
