#include <algorithm>

#include "cli/checks/checks.h"
#include "cli/checks/nsswitch_file.h"
#include "common/host_name.h"
#include "util/regular_file.h"
#include "util/words.h"

namespace leases::cli {

namespace {

/// Answers only for .local, so the criteria after it do not matter for other names.
bool is_mdns_minimal(const NssService& service) {
  return service.name.starts_with("mdns") && service.name.ends_with("_minimal");
}

/// Whether the search for a leased name may end at this service, which does not know it.
bool stops(const NssService& service) {
  return !is_mdns_minimal(service) &&
         (service.returns_on(LookupStatus::notfound) || service.returns_on(LookupStatus::unavail) ||
          service.returns_on(LookupStatus::tryagain));
}

bool asks_network(const NssService& service) {
  return service.name == "dns" || service.name == "resolve";
}

/// The line with leases where it belongs: after files, and both before what would keep a search from them.
/// Its words come from a file and become part of a command.
std::string fixed_line(const NsswitchFile& file) {
  constexpr std::string_view kLeases = " leases";
  const auto is_files = [](const NssService& service) { return service.name == "files"; };
  bool needs_files = std::any_of(file.hosts.begin(), file.hosts.end(), is_files);
  std::string line = "hosts:";
  if (!needs_files) line += kLeases;
  for (const NssService& service : file.hosts) {
    if (needs_files && (is_files(service) || stops(service) || asks_network(service))) {
      line += " files";
      line += kLeases;
      needs_files = false;
    }
    const bool plain = std::all_of(service.name.begin(), service.name.end(),
                                   [](char c) { return is_alphanumeric(c) || c == '_' || c == '-'; });
    if (plain && service.name != "leases" && !is_files(service)) line += ' ' + service.text();
  }
  return line;
}

std::string fixing_command(const CheckContext& context, const NsswitchFile& file) {
  const std::string line = fixed_line(file);
  if (!file.has_hosts) return "echo '" + line + "' >> " + shell_word(context.nsswitch);
  return "sed -i -E 's/^[[:space:]]*hosts[[:space:]:].*/" + line + "/' " + shell_word(context.nsswitch);
}

std::string text_of(const std::vector<NssService>& services) {
  std::string text = "hosts:";
  for (const NssService& service : services) text += ' ' + service.text();
  return printable(text);
}

/// What is wrong with the place of leases; empty if nothing is.
std::string wrong_place(const std::vector<NssService>& services,
                        std::vector<NssService>::const_iterator leases) {
  if (const auto stop = std::find_if(services.begin(), leases, stops); stop != leases)
    return "'" + printable(stop->text()) + "' comes before leases and ends the search" +
           (stop->returns_on(LookupStatus::notfound) ? " for every name that it does not know"
                                                     : " when it cannot answer");
  if (const auto network = std::find_if(services.begin(), leases, asks_network); network != leases)
    return "'" + network->name + "' comes before leases, so every name waits for it, and its answer counts";
  const auto is_files = [](const NssService& service) { return service.name == "files"; };
  if (std::find_if(leases, services.end(), is_files) != services.end())
    return "'files' comes after leases, so a DHCP client can take a name that is in /etc/hosts";
  return {};
}

void check_place(const CheckContext& context, const NsswitchFile& file, Findings& findings) {
  const auto is_leases = [](const NssService& service) { return service.name == "leases"; };
  const auto leases = std::find_if(file.hosts.begin(), file.hosts.end(), is_leases);
  const std::string place = context.nsswitch + ", '" + text_of(file.hosts) + "': ";
  if (leases == file.hosts.end()) {
    findings.problem(
        place + (file.has_hosts ? "leases is missing" : "the line is missing, and this is the default"),
        fixing_command(context, file));
  } else if (const std::string wrong = wrong_place(file.hosts, leases); !wrong.empty()) {
    findings.problem(place + wrong, fixing_command(context, file));
  }
}

}  // namespace

std::vector<Finding> check_nsswitch(const CheckContext& context) {
  Findings findings("nsswitch");
  const RegularFile text = read_regular_file(context.nsswitch);
  if (!text.read() && text.state != RegularFile::State::absent) {
    findings.problem(context.nsswitch + ' ' + text.problem(), "ls -lL " + shell_word(context.nsswitch));
    return std::move(findings).take();
  }
  const NsswitchFile file = NsswitchFile::parse(text.text);
  if (file.bad_line) {
    const std::string number = std::to_string(*file.bad_line);
    findings.problem(context.nsswitch + ", line " + number +
                         ": the brackets cannot be parsed, so glibc takes nothing from the file",
                     "sed -i -E '" + number + "s/\\[[^]]*\\]?//g' " + shell_word(context.nsswitch));
  }
  if (file.hosts_unfinished) {
    findings.problem(context.nsswitch + ": the line hosts has no newline at its end, so glibc ignores it",
                     "echo >> " + shell_word(context.nsswitch));
  } else {
    check_place(context, file, findings);
  }
  if (findings.empty()) findings.ok(text_of(file.hosts));
  return std::move(findings).take();
}

}  // namespace leases::cli
