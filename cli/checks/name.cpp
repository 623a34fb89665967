#include <algorithm>
#include <set>
#include <string>

#include "cli/checks/addresses_text.h"
#include "cli/checks/checks.h"
#include "cli/checks/name_in_dnsmasq.h"
#include "cli/checks/nsswitch_file.h"
#include "cli/checks/remedy.h"
#include "cli/checks/resolver.h"
#include "cli/output/time_text.h"
#include "common/lookup.h"
#include "store/index_reader.h"
#include "store/overlay.h"
#include "util/clock.h"
#include "util/processes.h"
#include "util/text_file.h"
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

/// The leases of a label, their own or their guest's, over or refused ones too. `view` must outlive them.
std::vector<Lease> leases_of_label(const IndexView& view, std::string_view label) {
  std::vector<Lease> leases;
  view.for_each_lease([&](const Lease& lease) {
    if (equal_folded(lease.hostname, label) || equal_folded(lease.guest_label(), label))
      leases.push_back(lease);
  });
  return leases;
}

bool fits(const Lease& lease, std::string_view label, std::string_view suffix) {
  const bool is_guest = equal_folded(lease.guest_label(), label);
  return suffix.empty() || equal_folded(suffix, lease.domain) || equal_folded(suffix, lease.network) ||
         (is_guest && equal_folded(suffix, domain_part_of(lease.guest_name)));
}

std::string lease_text(const Lease& lease) {
  return printable(lease.hostname.empty() ? lease.guest_name : lease.hostname) + " (" +
         std::string(IpText(lease.address).view()) + " in " + printable(lease.network) + ')';
}

void report_refused(const CheckContext& context, const Lease& lease, Findings& findings) {
  const auto rule = context.settings.names.refusal(lease);
  if (!rule) {
    findings.problem(lease_text(lease) + " was refused by a name policy that accepts it now",
                     rebuild_command(context));
  } else if (rule->find("names.deny") != std::string::npos) {
    findings.problem(lease_text(lease) + " has a lease, but its name " + printable(*rule) +
                         "; make an exception in allow, then rebuild",
                     "editor " + shell_word(context.configuration) + " && " + rebuild_command(context));
  } else if (const std::size_t file = rule->find(" by /"); file != std::string::npos) {
    findings.problem(lease_text(lease) + " has a lease, but its name " + printable(*rule) +
                         ": give the machine another, or take it from there, then rebuild",
                     "editor " + shell_word(rule->substr(file + 4)) + " && " + rebuild_command(context));
  } else {
    findings.problem(
        lease_text(lease) + " has a lease, but its name " + printable(*rule) + ": give the machine another",
        "man nss-leases.conf");
  }
}

/// Whether it is a machine that a MAC map knows: it has no lease.
bool report_guest(const CheckContext& context, const IndexView& view, const HostQuery& query,
                  Findings& findings) {
  for (const GuestInIndex& guest : guests_of(view)) {
    if (!equal_folded(label_of(guest.name), query.label.view())) continue;
    const std::string mac(HardwareText(guest.hardware).view());
    findings.problem(printable(guest.name) + " is a guest, " + printable(guest.source) +
                         " says, but no lease is its own: it does not run, asked no dnsmasq that is known "
                         "here, or another guest has its MAC address, too",
                     leasectl(context, "lookup " + mac));
    return true;
  }
  return false;
}

/// Why a name has no answer in the index, though it may be in it.
void report_missing(const CheckContext& context, const IndexView& view, const HostQuery& query,
                    Findings& findings) {
  const std::vector<Lease> leases = leases_of_label(view, query.label.view());
  const std::string name = printable(query.label.view());
  const EpochSeconds present = now();
  for (const Lease& lease : leases) {
    if (lease.expiry.over_at(present)) {
      findings.problem("the lease of " + lease_text(lease) + " ended at " +
                           local_time({lease.expiry.seconds}) +
                           ", and dnsmasq told of no other: let the machine renew it, or end it",
                       kRestartDnsmasq);
    } else if (!fits(lease, query.label.view(), query.suffix)) {
      findings.problem(lease_text(lease) + " is not in '" + printable(query.suffix) +
                           "', but in the network " + printable(lease.network) +
                           (lease.domain.empty() ? "" : " and the domain " + printable(lease.domain)),
                       leasectl(context, "lookup " + shell_word(query.label.view())));
    } else if (lease.name_refused) {
      report_refused(context, lease, findings);
    }
  }
  if (!findings.empty() || report_guest(context, view, query, findings)) return;
  if (const auto rule = context.settings.names.refusal(query.label.view())) {
    findings.problem(
        "no lease has the name " + name + ", and it would not be answered: it " + printable(*rule),
        "man nss-leases.conf");
  } else {
    findings.problem(
        "no lease has the name " + name + ": the machine does not send it, or has no lease of this dnsmasq",
        leasectl(context, "list"));
  }
}

/// A lease that is answered though a hosts file, as it is now, has its name.
void report_taken(const CheckContext& context, const IndexView& view, const HostQuery& query,
                  Findings& findings) {
  for (const Lease& lease : leases_of_label(view, query.label.view())) {
    const bool is_own = equal_folded(lease.hostname, query.label.view()) && !lease.name_refused;
    if (!is_own || lease.expiry.over_at(now()) || !fits(lease, query.label.view(), query.suffix)) continue;
    if (const auto rule = context.settings.names.refusal(lease)) {
      findings.problem(lease_text(lease) + " is answered, but its name " + printable(*rule) +
                           ", which the index does not know yet",
                       rebuild_command(context));
    }
  }
}

/// The service in front of leases that answers; it ends with this process asking one only.
std::string who_answers(const CheckContext& context, const std::string& name,
                        const std::set<IpAddress>& addresses) {
  for (const NssService& service : NsswitchFile::parse(TextFile::open(context.nsswitch).text).hosts) {
    if (service.name == "leases") break;
    ask_only(service.name);
    if (resolve_name(name).addresses == addresses) return service.name;
  }
  return {};
}

std::string taking_it_from_hosts(std::string_view name) {
  std::string pattern;
  for (const char c : name) pattern += c == '.' ? std::string("\\.") : std::string(1, c);
  return "sed -i -E 's/[[:space:]]+" + pattern + "([[:space:]]|$)/\\1/I' /etc/hosts";
}

/// The system has no answer. `found` says so. It ends with this process asking leases only.
void report_silence(const CheckContext& context, const std::string& name, const std::set<IpAddress>& leased,
                    const std::string& found, Findings& findings) {
  ask_only("leases");
  if (resolve_name(name).addresses != leased) {
    findings.problem(found + ", and the module alone does not know it either", {});
  } else if (!processes_named(context.proc, "nscd").empty()) {
    findings.problem(found + ": nscd remembers that it was not there, or asks no module", "nscd -i hosts");
  } else {
    findings.problem(found + ": the module alone answers, but is not asked", {});
  }
}

/// What programs get for a name that has leases.
void compare_answers(const CheckContext& context, const std::string& name, const std::set<IpAddress>& leased,
                     Findings& findings) {
  const ResolverAnswer system = resolve_name(name);
  if (system.addresses == leased) {
    findings.ok(printable(name) + " is " + text_of(leased) + family_note(leased));
    return;
  }
  const std::string both = printable(name) + " is " + text_of(leased) + ", but getaddrinfo() answers ";
  if (system.addresses.empty()) {
    report_silence(context, name, leased, both + '\'' + printable(system.error) + '\'', findings);
    return;
  }
  const std::string service = who_answers(context, name, system.addresses);
  if (service == "files") {
    findings.problem(both + text_of(system.addresses) + ", which /etc/hosts says",
                     taking_it_from_hosts(name));
  } else if (!service.empty()) {
    findings.problem(
        both + text_of(system.addresses) + ", which '" + printable(service) + "' says, in front of leases",
        "editor " + shell_word(context.nsswitch));
  } else {
    findings.problem(both + text_of(system.addresses) + ": a cache may remember it", "nscd -i hosts");
  }
}

void check_host(const CheckContext& context, const IndexView& view, const std::string& name,
                Findings& findings) {
  const auto query = HostQuery::parse(name);
  if (!query) {
    findings.problem("'" + printable(name) +
                         "' is no host name: labels have letters, digits, - and _, and at most 63 of them",
                     leasectl(context, "list"));
    return;
  }
  std::set<IpAddress> addresses;
  visit_answers(view, *query, now(), [&](const Answer& answer) {
    addresses.insert(answer.address);
    return true;
  });
  if (addresses.empty()) {
    report_missing(context, view, *query, findings);
    return;
  }
  if (const auto rule = context.settings.names.refusal(query->label.view()))
    findings.problem(
        printable(name) + " is answered, but it " + printable(*rule) + " since the policy changed",
        rebuild_command(context));
  compare_with_dnsmasq(context, view, *query, findings);
  compare_answers(context, name, addresses, findings);
  if (!findings.any_problem()) report_taken(context, view, *query, findings);
}

/// An address leads to the name that its most recent lease has.
void check_address(const CheckContext& context, const IndexView& view, const IpAddress& address,
                   Findings& findings) {
  const IndexView::Records records = view.find(address);
  const std::string text(IpText(address).view());
  if (records.range.count == 0) {
    findings.problem("nothing is leased at " + text, leasectl(context, "list"));
    return;
  }
  const Lease lease = records.table->lease(records.range.first);
  const std::string_view name = lease.display_name().empty() ? lease.hostname : lease.display_name();
  if (name.empty()) {
    findings.problem(
        "the lease of " + text + " in " + printable(lease.network) +
            " has no name: the client sent none, dnsmasq gave it to another client or ignores it",
        leasectl(context, "lookup " + text));
    return;
  }
  check_host(context, view, std::string(name), findings);
}

}  // namespace

std::vector<Finding> check_name(const CheckContext& context, const std::string& name) try {
  Findings findings("name");
  const IndexReader index(context.settings);
  if (const auto address = parse_ip(name)) {
    check_address(context, index.view(), *address, findings);
  } else {
    check_host(context, index.view(), name, findings);
  }
  return std::move(findings).take();
} catch (const Error&) {
  Findings findings("name");
  findings.unknown("without an index, nothing is known of '" + printable(name) + "'");
  return std::move(findings).take();
}

}  // namespace leases::cli
