#include <set>
#include <string>

#include "cli/checks/checks.h"
#include "cli/checks/name_in_dns.h"
#include "cli/checks/name_in_dnsmasq.h"
#include "cli/checks/name_in_index.h"
#include "cli/checks/name_in_system.h"
#include "cli/checks/remedy.h"
#include "common/lookup.h"
#include "store/index_reader.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/processes.h"
#include "util/words.h"

namespace leases::cli {

namespace {

void check_host(const CheckContext& context, const IndexView& view, const std::string& name,
                Findings& findings) {
  const auto query = HostQuery::parse(name);
  if (!query) {
    findings.problem("'" + printable(name) +
                         "' is not a host name: labels have letters, digits, - and _, and at most 63 of them",
                     LookAt{leasectl(context, "list")});
    return;
  }
  std::set<IpAddress> addresses;
  visit_answers(view, *query, now(), [&](const Answer& answer) {
    addresses.insert(answer.address);
    return true;
  });
  if (addresses.empty()) {
    report_unanswered(context, view, *query, findings);
    return;
  }
  if (const auto rule = context.settings.names.refusal(query->label.view()))
    findings.problem(
        printable(name) + " is answered, but it " + printable(*rule) + " since the policy changed",
        rebuild_command(context));
  compare_with_dnsmasq(context, view, *query, findings);
  compare_with_system(context, name, addresses, findings);
  compare_with_dns(context, name, addresses, findings);
  report_old(view, *query, addresses, findings);
  if (!findings.any_problem()) report_taken(context, view, *query, findings);
}

/// An address leads to the name of its most recent lease.
void check_address(const CheckContext& context, const IndexView& view, const IpAddress& address,
                   Findings& findings) {
  const IndexView::Records records = view.find(address);
  const std::string text(IpText(address).view());
  const auto nothing = [&] {
    findings.problem("nothing is leased at " + text, LookAt{leasectl(context, "list")});
  };
  if (records.range.count == 0) return nothing();
  const Lease lease = records.table->lease(records.range.first);
  const std::string_view name = lease.display_name().empty() ? lease.hostname : lease.display_name();
  if (name.empty()) {
    if (lease.expiry.expired_at(now())) return nothing();
    findings.problem(
        "the lease of " + text + " in " + printable(lease.network) +
            " has no name: the client sent none, or dnsmasq gave it to another client or ignores it",
        LookAt{leasectl(context, "lookup " + text)});
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
