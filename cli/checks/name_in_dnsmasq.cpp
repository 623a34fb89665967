#include "cli/checks/name_in_dnsmasq.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "cli/checks/addresses_text.h"
#include "cli/checks/dns_question.h"
#include "cli/checks/remedy.h"
#include "common/lookup.h"
#include "dnsmasq/release_path.h"
#include "util/clock.h"
#include "util/local_subnets.h"
#include "util/words.h"

namespace leases::cli {

namespace {

/// What one dnsmasq leases to clients of one name, in one family.
struct Leased {
  Lease lease;  ///< the most recent of them
  std::set<IpAddress> addresses;
};

/// By network and family. A client that has the name by its guest alone has told dnsmasq another.
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

/// dnsmasq serves DNS where it serves DHCP: at this host's address there.
std::optional<IpAddress> server_of(const Lease& lease, const LocalSubnets& subnets) {
  for (const std::string& interface : interfaces_toward(lease, subnets, {})) {
    if (auto own = subnets.own_address(interface, lease.address)) return own;
  }
  return {};
}

/// The addresses that dnsmasq gives a lease's name, be it with its domain only (dhcp-fqdn).
std::set<IpAddress> given_by(const IpAddress& server, const Lease& lease) {
  const std::string name(lease.hostname);
  auto given = ask_dns(server, name, lease.address.family);
  if (given && given->empty() && !lease.domain.empty())
    given = ask_dns(server, name + '.' + std::string(lease.domain), lease.address.family);
  return given.value_or(std::set<IpAddress>());
}

}  // namespace

void compare_with_dnsmasq(const CheckContext& context, const IndexView& view, const HostQuery& query,
                          Findings& findings) {
  const LocalSubnets subnets;
  const std::string name = printable(query.label.view());
  for (const auto& [place, leased] : leased_under(view, query)) {
    const auto server = server_of(leased.lease, subnets);
    if (!server) continue;
    const std::set<IpAddress> given = given_by(*server, leased.lease);
    const bool gives_a_lease = std::ranges::any_of(
        given,
        [&, &addresses = leased.addresses](const IpAddress& address) { return addresses.contains(address); });
    if (given.empty() || gives_a_lease) continue;
    std::string text = "DNS at " + std::string(IpText(*server).view()) + ", where ";
    text.append(printable(place.first)).append(" has its dnsmasq, gives ").append(name);
    text.append(" the address ").append(text_of(given)).append(", not ").append(text_of(leased.addresses));
    text.append(
        ": a hosts file, dnsmasq's configuration or a server that it asks has the name, and the client does "
        "not get it there; to leave it to DNS, add \"");
    text.append(name).append("\" to deny in [names], then rebuild");
    findings.problem(std::move(text),
                     "editor " + shell_word(context.configuration) + " && " + rebuild_command(context));
  }
}

}  // namespace leases::cli
