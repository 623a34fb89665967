#include "cli/checks/name_in_index.h"

#include <string>
#include <string_view>
#include <vector>

#include "cli/checks/dnsmasq_server.h"
#include "cli/checks/file_edit.h"
#include "cli/checks/remedy.h"
#include "cli/names/lease_suffix.h"
#include "cli/output/time_text.h"
#include "common/lease_place.h"
#include "common/lookup.h"
#include "import/server_lease_files.h"
#include "store/overlay.h"
#include "store/transaction.h"
#include "util/clock.h"
#include "util/words.h"

namespace leases::cli {

namespace {

/// The leases with a label of their own or of their guest, even expired or refused ones. `view` must outlive
/// them.
std::vector<Lease> leases_of_label(const IndexView& view, std::string_view label) {
  std::vector<Lease> leases;
  view.for_each_lease([&](const Lease& lease) {
    if (equal_folded(lease.hostname, label) || equal_folded(lease.guest_label(), label))
      leases.push_back(lease);
  });
  return leases;
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
    return;
  }
  const std::string found = lease_text(lease) + " has a lease, but its name " + printable(*rule);
  if (rule->find("names.deny") != std::string::npos) {
    findings.problem(found + "; make an exception in allow, then rebuild",
                     LookAt{editor_command(context.configuration) + " && " + rebuild_command(context)});
  } else if (const std::size_t file = rule->find(" by /"); file != std::string::npos) {
    findings.problem(found + ": give the machine another name, or remove it from that file, then rebuild",
                     LookAt{editor_command(rule->substr(file + 4)) + " && " + rebuild_command(context)});
  } else {
    findings.problem(found + ": give the machine another name", LookAt{"man nss-leases.conf"});
  }
}

/// True if a MAC map has a machine of this name, which is not answered.
bool report_guest(const CheckContext& context, const IndexView& view, const HostQuery& query,
                  Findings& findings) {
  for (const GuestInIndex& guest : guests_of(view)) {
    if (!equal_folded(label_of(guest.name), query.label.view())) continue;
    if (const auto rule = context.settings.names.guest_refusal(guest.name)) {
      findings.problem(printable(guest.name) + " is a guest in " + printable(guest.source) +
                           ", but its name " + printable(*rule) + ": give the machine another name",
                       LookAt{"man nss-leases.conf"});
      return true;
    }
    const std::string mac(HardwareText(guest.hardware).view());
    findings.problem(printable(guest.name) + " is a guest in " + printable(guest.source) +
                         ", but has no lease: it is not running, it asked a dnsmasq that is not known here, "
                         "or another guest has its MAC address as well",
                     LookAt{leasectl(context, "lookup " + mac)});
    return true;
  }
  return false;
}

/// dnsmasq reports a renewal once, if at all (script-on-renewal), and its lease file has it then.
void report_not_renewed(const CheckContext& context, const Lease& lease, const std::string& text,
                        Findings& findings) {
  const auto in_file = find_in_server_lease_files(context.settings, lease);
  if (in_file && !in_file->expiry.expired_at(now())) {
    findings.problem(text + ", and goes on in dnsmasq's lease file, " + printable(in_file->file),
                     leasectl(context, "import"));
    return;
  }
  const std::string advice = text + ", and dnsmasq has not reported it since: let the machine renew it";
  // leasectl itself shows no lease that has expired.
  if (in_file) {
    const std::string address(IpText(lease.address).view());
    findings.problem(advice, LookAt{"grep -Fw " + address + ' ' + shell_word(in_file->file)});
  } else {
    findings.problem(advice);
  }
}

void report_expired(const CheckContext& context, const Lease& lease, Findings& findings) {
  const std::string text =
      "the lease of " + lease_text(lease) + " expired at " + local_time({lease.expiry.seconds});
  if (lease.source.empty()) {
    report_not_renewed(context, lease, text, findings);
    return;
  }
  const std::string source(lease.source);
  std::string server = "the program that writes it";
  Findings strangers("name");
  for (const Server& running : servers(context, strangers)) {
    if (running.options.lease_file() == source) server = running.name();
  }
  findings.problem(
      text + ", as " + printable(source) + " has it: let the machine renew it, or restart " + server,
      LookAt{"ls -l " + shell_word(source)});
}

void report_lease(const CheckContext& context, const HostQuery& query, const Lease& lease,
                  Findings& findings) {
  if (lease.expiry.expired_at(now())) {
    report_expired(context, lease, findings);
  } else if (lease.reserved && !lease.name_refused) {
    findings.problem(lease_text(lease) + " is reserved, but another machine has the address or the name now",
                     LookAt{leasectl(context, "lookup " + std::string(IpText(lease.address).view()))});
  } else if (!has_suffix(lease, query.label.view(), query.suffix)) {
    findings.problem(lease_text(lease) + " is not in '" + printable(query.suffix) + "', but " +
                         (lease.host.empty() ? "in the network " : "of the host ") +
                         printable(lease_place_of(lease)) +
                         (lease.domain.empty() ? "" : " and the domain " + printable(lease.domain)),
                     LookAt{leasectl(context, "lookup " + shell_word(query.label.view()))});
  } else if (lease.name_refused) {
    report_refused(context, lease, findings);
  }
}

}  // namespace

void report_unanswered(const CheckContext& context, const IndexView& view, const HostQuery& query,
                       Findings& findings) {
  for (const Lease& lease : leases_of_label(view, query.label.view()))
    report_lease(context, query, lease, findings);
  if (!findings.empty() || report_guest(context, view, query, findings)) return;
  const std::string name = printable(query.label.view());
  if (const auto rule = context.settings.names.refusal(query.label.view())) {
    findings.problem(
        "no lease has the name " + name + ", and it would not be answered: it " + printable(*rule),
        LookAt{"man nss-leases.conf"});
  } else {
    findings.problem(
        "no lease has the name " + name + ": the machine does not send it, or has no lease from this dnsmasq",
        LookAt{leasectl(context, "list")});
  }
}

void report_taken(const CheckContext& context, const IndexView& view, const HostQuery& query,
                  Findings& findings) {
  for (const Lease& lease : leases_of_label(view, query.label.view())) {
    const bool is_own = equal_folded(lease.hostname, query.label.view()) && !lease.name_refused;
    if (!is_own || lease.expiry.expired_at(now()) || !has_suffix(lease, query.label.view(), query.suffix))
      continue;
    if (const auto rule = context.settings.names.refusal(lease)) {
      findings.problem(lease_text(lease) + " is answered, but its name " + printable(*rule) +
                           ", which the index does not know yet",
                       rebuild_command(context));
    }
  }
}

void report_old(const IndexView& view, const HostQuery& query, const std::set<IpAddress>& answered,
                Findings& findings) {
  // Beyond that, it may be their number that leaves them out.
  if (answered.size() >= kMaxAddresses) return;
  const auto report = [&](const Answer& answer) {
    if (!answered.contains(answer.address))
      findings.ok(lease_text(answer.table.lease(answer.position)) +
                  " is old and not answered: the machine has a newer lease in that network");
    return true;
  };
  visit_answers(view, query, now(), report, OlderLeases::given);
}

}  // namespace leases::cli
