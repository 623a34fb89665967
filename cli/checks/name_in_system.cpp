#include "cli/checks/name_in_system.h"

#include <algorithm>

#include "cli/checks/addresses_text.h"
#include "cli/checks/file_edit.h"
#include "cli/checks/nsswitch_file.h"
#include "util/processes.h"
#include "util/regular_file.h"
#include "util/words.h"

namespace leases::cli {

namespace {

/// " (IPv4 only)", where a program that wants the other family finds nothing.
const char* family_note(const std::set<IpAddress>& addresses) {
  const auto is_four = [](const IpAddress& address) { return address.family == Family::v4; };
  const auto fours = std::count_if(addresses.begin(), addresses.end(), is_four);
  if (fours == 0) return " (IPv6 only)";
  return static_cast<std::size_t>(fours) == addresses.size() ? " (IPv4 only)" : "";
}

/// The service before leases that gives these addresses; empty if none does. Afterwards this process asks one
/// service only.
std::string service_that_answers(const CheckContext& context, const std::string& name,
                                 const std::set<IpAddress>& addresses) {
  for (const NssService& service : NsswitchFile::parse(read_regular_file(context.nsswitch).text).hosts) {
    if (service.name == "leases") break;
    context.services.ask_only(service.name);
    if (context.services.resolve(name).addresses == addresses) return service.name;
  }
  return {};
}

/// The system has no answer, as `found` says. Afterwards this process asks leases only.
void report_silence(const CheckContext& context, const std::string& name, const std::set<IpAddress>& leased,
                    const std::string& found, Findings& findings) {
  context.services.ask_only("leases");
  if (context.services.resolve(name).addresses != leased) {
    findings.problem(found + ", and the module alone does not know it either");
  } else if (!processes_named(context.proc, "nscd").empty()) {
    findings.problem(found + ": nscd remembers that it did not exist, or does not ask the module",
                     "nscd -i hosts");
  } else {
    findings.problem(found + ": the module alone answers, but is not asked");
  }
}

}  // namespace

void compare_with_system(const CheckContext& context, const std::string& name,
                         const std::set<IpAddress>& leased, const ResolverAnswer& system,
                         Findings& findings) {
  if (system.addresses == leased) {
    findings.ok(printable(name) + " is " + text_of(leased) + family_note(leased));
    return;
  }
  const std::string both = printable(name) + " is " + text_of(leased) + ", but getaddrinfo() answers ";
  if (system.addresses.empty()) {
    report_silence(context, name, leased, both + '\'' + printable(system.error) + '\'', findings);
    return;
  }
  const std::string service = service_that_answers(context, name, system.addresses);
  const std::string answer = both + text_of(system.addresses);
  if (service == "files") {
    // No command that removes the line: who has the lease has chosen the name, who wrote the line may need
    // it.
    findings.problem(answer + ", from " + context.hosts, LookAt{editor_command(context.hosts)});
  } else if (!service.empty()) {
    findings.problem(answer + ", from '" + printable(service) + "', which comes before leases",
                     LookAt{editor_command(context.nsswitch)});
  } else {
    findings.problem(answer + ": a cache may remember it", "nscd -i hosts");
  }
}

}  // namespace leases::cli
