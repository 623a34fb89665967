#include "cli/checks/name_in_dnsmasq.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "cli/checks/addresses_text.h"
#include "cli/checks/file_edit.h"
#include "cli/checks/remedy.h"
#include "common/lookup.h"
#include "util/clock.h"
#include "util/words.h"

namespace leases::cli {

namespace {

/// The leases that one dnsmasq gave to clients of one name, in one family.
struct Leased {
  Lease lease;  ///< the most recent of them
  std::set<IpAddress> addresses;
};

/// By network and family. A client with the name only through its guest sent dnsmasq another one.
std::map<std::pair<std::string, Family>, Leased> leased_under(const IndexView& view, const HostQuery& query) {
  std::map<std::pair<std::string, Family>, Leased> leased;
  visit_answers(view, query, now(), [&](const Answer& answer) {
    const Lease lease = answer.table.lease(answer.position);
    if (!equal_folded(lease.hostname, query.label.view())) return true;
    const std::pair key(std::string(lease.network), lease.address.family);
    leased.try_emplace(key, Leased{lease, {}}).first->second.addresses.insert(lease.address);
    return true;
  });
  return leased;
}

/// The addresses that dnsmasq gives a lease's name; with dhcp-fqdn, it has the name only with its domain.
std::set<IpAddress> given_by(const NameServices& services, const IpAddress& server, const Lease& lease) {
  const std::string name(lease.hostname);
  auto given = services.ask_dns(server, name, lease.address.family);
  if (given && given->empty() && !lease.domain.empty())
    given = services.ask_dns(server, name + '.' + std::string(lease.domain), lease.address.family);
  return given.value_or(std::set<IpAddress>());
}

}  // namespace

void compare_with_dnsmasq(const CheckContext& context, const IndexView& view, const HostQuery& query,
                          Findings& findings) {
  const std::string name = printable(query.label.view());
  for (const auto& [place, leased] : leased_under(view, query)) {
    const auto server = context.services.dns_server_of(leased.lease);
    if (!server) continue;
    const std::set<IpAddress> given = given_by(context.services, *server, leased.lease);
    const bool gives_a_lease = std::ranges::any_of(
        given,
        [&, &addresses = leased.addresses](const IpAddress& address) { return addresses.contains(address); });
    if (given.empty() || gives_a_lease) continue;
    std::string text = "DNS at " + std::string(IpText(*server).view()) + ", where ";
    text.append(printable(place.first)).append(" has its dnsmasq, gives ").append(name);
    text.append(" the address ").append(text_of(given)).append(", not ").append(text_of(leased.addresses));
    text.append(
        ": a hosts file, dnsmasq's configuration or a server that it asks has the name, so the client does "
        "not get it there; to leave it to DNS, add \"");
    text.append(name).append("\" to deny in [names], then rebuild");
    findings.problem(std::move(text),
                     LookAt{editor_command(context.configuration) + " && " + rebuild_command(context)});
  }
}

}  // namespace leases::cli
