#include "cli/checks/dnsmasq_start.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/checks/dnsmasq_remedy.h"
#include "cli/checks/dnsmasq_script.h"
#include "cli/checks/file_edit.h"
#include "dnsmasq/server_registry.h"
#include "store/index_reader.h"
#include "util/deadline.h"
#include "util/directory.h"
#include "util/error.h"
#include "util/process.h"
#include "util/regular_file.h"
#include "util/words.h"

namespace leases::cli {

namespace {

std::vector<std::string> test_command(const CheckContext& context) {
  std::vector<std::string> words{context.dnsmasq_program, "--test"};
  if (read_regular_file(context.dnsmasq_file).state != RegularFile::State::absent)
    words.push_back("--conf-file=" + context.dnsmasq_file);
  std::ranges::copy(arguments_of_service(context), std::back_inserter(words));
  return words;
}

std::string shell_line(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + shell_word(word);
  return line;
}

/// The last line that a program prints, which says why it failed; nothing if it did not.
std::optional<std::string> complaint_of(const std::vector<std::string>& command) {
  constexpr std::chrono::seconds kLongestTest{5};
  std::vector<std::string> words{"sh", "-c", R"(exec "$@" 2>&1)", "sh"};
  words.insert(words.end(), command.begin(), command.end());
  const auto result = run_program({.arguments = std::move(words)}, Deadline(kLongestTest));
  if (!result || result->status == 0) return {};
  const auto lines = lines_of(result->output);
  return lines.empty() ? std::string("it says nothing") : std::string(trimmed(lines.back()));
}

bool report_complaint(const CheckContext& context, const DnsmasqOptions& options, Findings& findings) {
  // What cannot be read here is perhaps a program that it would run (conf-script).
  if (::geteuid() != 0 || !options.unread().empty()) return false;
  // Without the directory the service is not installed, and --test says no more than that.
  if (::access(context.dnsmasq_program.c_str(), X_OK) != 0 ||
      ::access(context.dnsmasq_directory.c_str(), X_OK) != 0)
    return false;
  const std::vector<std::string> command = test_command(context);
  const auto complaint = complaint_of(command);
  if (!complaint) return false;
  findings.problem("dnsmasq cannot start: " + printable(*complaint), LookAt{shell_line(command)});
  return true;
}

/// The server that the service's dnsmasq was, if it is the only one that kept its leases with the helper and
/// has stopped; else one that is not known.
CallingServer stopped_server(const ServerRegistry& registry) {
  const auto has_stopped = [](const KnownServer& known) {
    return !known.server.is_of_libvirt() && known.server.leases.kind == LeaseDatabase::Kind::helper &&
           !is_running(known.server.process);
  };
  const auto& servers = registry.servers();
  const auto found = std::ranges::find_if(servers, has_stopped);
  if (found != servers.end() && std::find_if(found + 1, servers.end(), has_stopped) == servers.end())
    return found->server;
  CallingServer unknown;
  unknown.network_namespace = network_namespace();
  return unknown;
}

/// With leasefile-ro it is given all leases at its start, and ends if they are too many.
bool report_too_many(const CheckContext& context, const DnsmasqOptions& options, Findings& findings) {
  if (!options.leases_are_with_script()) return false;
  const std::string& text = options.lease_limit();
  std::size_t limit = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), limit).ec != std::errc()) return false;
  const std::size_t count = own_leases(context);
  if (count <= limit) return false;
  constexpr std::size_t kThousand = 1000;
  const std::string line = "dhcp-lease-max=" + std::to_string((count / kThousand + 2) * kThousand);
  const std::string& file = options.lease_limit_file();
  const std::string command =
      file.empty() ? adding_lines(file_for_renewals(context, options), {line})
                   : sed_command("s/^[[:space:]]*dhcp-lease-max[[:space:]]*=.*/" + line + '/', file);
  findings.problem("dnsmasq cannot start: with leasefile-ro it is given " + std::to_string(count) +
                       " leases, and takes " + std::to_string(limit) + " (dhcp-lease-max)",
                   command + " && " + restarting_service(context));
  return true;
}

/// Whether a package manager, an editor or a person put a file away under this name: it holds what once was.
bool is_backup(std::string_view name) {
  constexpr std::array kMarks{".dpkg-", ".rpm", ".ucf-", ".bak", ".old", ".orig", ".save", ".swp"};
  return name.starts_with('.') || name.starts_with('#') || name.ends_with('~') ||
         std::ranges::any_of(kMarks,
                             [&](const char* mark) { return name.find(mark) != std::string_view::npos; });
}

}  // namespace

std::size_t own_leases(const CheckContext& context) try {
  const IndexReader index(context.settings);
  const auto state = Directory::open_existing(context.settings.state_directory);
  const ServerRegistry registry = state ? ServerRegistry::read(*state) : ServerRegistry();
  const CallingServer starting = stopped_server(registry);
  // Of several leases of one address, dnsmasq is given one.
  std::set<IpAddress> addresses;
  for (const Lease& lease : index.live_leases()) {
    if (lease.source.empty() && registry.gives(starting, {}, lease.network)) addresses.insert(lease.address);
  }
  return addresses.size();
} catch (const Error&) {
  return 0;
}

bool report_failing_start(const CheckContext& context, const DnsmasqOptions& options, Findings& findings) {
  return report_complaint(context, options, findings) || report_too_many(context, options, findings);
}

std::string unread_script_file(const CheckContext& context, const DnsmasqOptions& options) try {
  const auto directory = Directory::open_existing(context.dnsmasq_directory);
  if (!directory) return {};
  for (const std::string& name : directory->names()) {
    std::string path = directory->path_of(name);
    if (options.would_read(context.dnsmasq_directory, name)) continue;
    const DnsmasqOptions alone({"dnsmasq", "--conf-file=" + path}, {});
    if (!alone.script().empty() && kind_of(context, alone.script()) == ScriptKind::helper) return path;
  }
  return {};
} catch (const Error&) {
  return {};
}

std::string reading_script_file(const CheckContext& context, const DnsmasqOptions& options,
                                const std::string& file) {
  const std::string renamed = file + ".conf";
  struct stat status {};
  const bool is_free = ::lstat(renamed.c_str(), &status) != 0;
  if (is_free && !is_backup(file.substr(file.rfind('/') + 1)) &&
      options.would_read(context.dnsmasq_directory, renamed.substr(renamed.rfind('/') + 1)))
    return "mv " + shell_word(file) + ' ' + shell_word(renamed);
  return adding_script(context, options);
}

}  // namespace leases::cli
