#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

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
#include "util/folded_name.h"
#include "util/processes.h"
#include "util/words.h"

namespace leases::cli {

namespace {

/// One of the names to check, with what is found.
struct CheckedName {
  std::string name;
  std::set<IpAddress> addresses{};  ///< that the index answers
  ResolverAnswer system{};          ///< what the system answers, if the index does
  Findings findings{"name"};
};

/// The name of an address is that of its most recent lease. Nothing, with a finding, if it has none.
std::optional<std::string> name_of_address(const CheckContext& context, const IndexView& view,
                                           const IpAddress& address, Findings& findings) {
  const IndexView::Records records = view.find(address);
  const std::string text(IpText(address).view());
  const auto nothing = [&] {
    findings.problem("nothing is leased at " + text, LookAt{leasectl(context, "list")});
    return std::nullopt;
  };
  if (records.range.count == 0) return nothing();
  const Lease lease = records.table->lease(records.range.first);
  const std::string_view name = lease.display_name().empty() ? lease.hostname : lease.display_name();
  if (!name.empty()) return std::string(name);
  if (lease.expiry.expired_at(now())) return nothing();
  findings.problem(
      "the lease of " + text + " in " + printable(lease.network) +
          " has no name: the client sent none, or dnsmasq gave it to another client or ignores it",
      LookAt{leasectl(context, "lookup " + text)});
  return {};
}

/// Looks a name, or that of an address, up in the index and by the system.
CheckedName look_up(const CheckContext& context, const IndexView& view, const std::string& word) {
  CheckedName checked{word};
  if (const auto address = parse_ip(word)) {
    const auto name = name_of_address(context, view, *address, checked.findings);
    if (!name) return checked;
    checked.name = *name;
  }
  const auto query = HostQuery::parse(checked.name);
  if (!query) {
    checked.findings.problem(
        "'" + printable(checked.name) +
            "' is not a host name: labels have letters, digits, - and _, and at most 63 of them",
        LookAt{leasectl(context, "list")});
    return checked;
  }
  visit_answers(view, *query, now(), [&](const Answer& answer) {
    checked.addresses.insert(answer.address);
    return true;
  });
  if (!checked.addresses.empty()) checked.system = context.services.resolve(checked.name);
  return checked;
}

/// Compares what the index answers with what others do, for a host name.
void compare(const CheckContext& context, const IndexView& view, CheckedName& checked) {
  auto& [name, addresses, system, findings] = checked;
  // Parsed anew: a query refers to the text of the name, which has moved with its object.
  const HostQuery query = HostQuery::parse(name).value();
  if (addresses.empty()) {
    report_unanswered(context, view, query, findings);
    return;
  }
  if (const auto rule = context.settings.names.refusal(query.label.view()))
    findings.problem(
        printable(name) + " is answered, but it " + printable(*rule) + " since the policy changed",
        rebuild_command(context));
  compare_with_dnsmasq(context, view, query, findings);
  compare_with_system(context, name, addresses, system, findings);
  compare_with_dns(context, name, addresses, findings);
  report_old(view, query, addresses, findings);
  if (!findings.any_problem()) report_taken(context, view, query, findings);
}

}  // namespace

std::vector<Finding> check_names(const CheckContext& context, const std::vector<std::string>& names) try {
  const IndexReader index(context.settings);
  std::vector<CheckedName> all;
  // The system is asked for every name first, since compare() may leave this process one service only.
  std::ranges::transform(names, std::back_inserter(all),
                         [&](const std::string& name) { return look_up(context, index.view(), name); });
  // An address may lead to a name that is checked already.
  std::set<std::string> once;
  std::erase_if(all, [&](const CheckedName& checked) { return !once.insert(folded(checked.name)).second; });
  std::vector<Finding> found;
  for (CheckedName& checked : all) {
    if (!checked.findings.any_problem()) compare(context, index.view(), checked);
    std::ranges::move(std::move(checked.findings).take(), std::back_inserter(found));
  }
  return found;
} catch (const Error&) {
  Findings findings("name");
  for (const std::string& name : names)
    findings.unknown("without an index, nothing is known of '" + printable(name) + "'");
  return std::move(findings).take();
}

}  // namespace leases::cli
