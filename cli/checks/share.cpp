#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "cli/checks/checks.h"
#include "cli/checks/context.h"
#include "cli/checks/finding.h"
#include "store/index_reader.h"
#include "store/indexed_source.h"
#include "util/error.h"
#include "util/escaped_text.h"
#include "util/processes.h"

namespace leases::cli {

namespace {

/// What the kernel shows of its name (proc(5), comm).
constexpr std::string_view kProgram = "leases-share";

/// A pattern that stands for nothing yet may be a mistake; its network may also come later.
void report_unmatched_networks(const CheckContext& context, const IndexReader& reader, Findings& findings) {
  const std::vector<std::string_view> known = reader.networks();
  for (const std::string& pattern : context.settings.share.networks) {
    ShareSettings alone;
    alone.networks = {pattern};
    if (std::ranges::none_of(known, [&](std::string_view network) { return is_shared(alone, network); }))
      findings.unknown("there is no network '" + printable(pattern) + "' to share yet; there are those of " +
                       "'leasectl networks'");
  }
}

std::size_t other_hosts(const IndexReader& reader) {
  std::set<std::string> hosts;
  for (const IndexedSource& source : known_sources(reader.view())) {
    if (properties_of(source.kind).is_of_other_host)
      hosts.insert(source.network.substr(0, source.network.find(':')));
  }
  return hosts.size();
}

void report_password(const CheckContext& context, Findings& findings) {
  const ShareSettings& share = context.settings.share;
  if (share.user.empty()) return;
  for (const std::string& endpoint : share.endpoints) {
    if (!endpoint.starts_with("https://"))
      findings.problem("the password of etcd's user goes to " + printable(endpoint) + " as plain text",
                       LookAt{"man nss-leases.conf"});
  }
}

}  // namespace

std::vector<Finding> check_share(const CheckContext& context) {
  Findings findings("share");
  if (!context.settings.share.is_on()) {
    findings.ok("leases are not shared with other hosts");
    return std::move(findings).take();
  }
  report_password(context, findings);
  if (processes_named(context.proc, kProgram).empty()) {
    if (sees_all_processes(context.proc)) {
      findings.problem("leases-share does not run, so no host sees the leases of another",
                       "systemctl enable leases-share.service && systemctl restart leases-share.service");
    } else {
      findings.unknown("leases-share is not visible, but this user cannot see all processes");
    }
    return std::move(findings).take();
  }
  try {
    const IndexReader reader(context.settings);
    report_unmatched_networks(context, reader, findings);
    findings.ok("leases-share runs, and other hosts share leases here (" +
                std::to_string(other_hosts(reader)) + ')');
  } catch (const Error&) {
    findings.unknown("without an index, it is not known what other hosts share");
  }
  return std::move(findings).take();
}

}  // namespace leases::cli
