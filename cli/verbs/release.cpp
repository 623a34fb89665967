#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/command_line/exit_code.h"
#include "cli/follow/index_watch.h"
#include "cli/names/lease_query.h"
#include "cli/output/json_text.h"
#include "cli/output/lease_output.h"
#include "cli/output/standard_output.h"
#include "cli/release/relayed_release.h"
#include "cli/verbs/verbs.h"
#include "dnsmasq/release_path.h"
#include "store/index_reader.h"
#include "util/escaped_text.h"
#include "util/hex_text.h"
#include "util/local_subnets.h"
#include "util/log.h"
#include "util/program.h"

namespace leases::cli {

namespace {

using Clock = std::chrono::steady_clock;

/// dnsmasq ends a lease within milliseconds, unless it does not hear us.
constexpr std::chrono::seconds kPatience(10);
/// Before it is asked by the next interface.
constexpr std::chrono::seconds kFirstPatience(1);

struct ReleaseOptions {
  std::string subject;
  bool all = false;
  bool json = false;  ///< print what became of each lease
};

Error cannot_release(const Lease& lease, const std::string& why) {
  return Error(std::string(IpText(lease.address).view()) + ": cannot be released: " + why);
}

/// A lease that is to end, and how dnsmasq may be asked.
struct Release {
  Lease lease;
  std::vector<std::string> interfaces;  ///< one after the other
  bool is_relayed = false;              ///< the client is in no subnet of this host
};

Release release_of(const Lease& lease, const LocalSubnets& subnets, const std::vector<Lease>& present) {
  Release release{lease, interfaces_toward(lease, subnets, present)};
  release.is_relayed = subnets.interface_of(lease.address).empty();
  if (release.interfaces.empty())
    throw cannot_release(lease, "this host has no route to it; run this where dnsmasq runs");
  if (lease.address.family == Family::v4) {
    if (!lease.hardware) throw cannot_release(lease, "its hardware address is not known");
    return release;
  }
  if (!lease.iaid || lease.client_id.empty() || lease.server_duid.empty())
    throw cannot_release(lease, "the client's or the server's DUID or the IAID is not known");
  if (lease.iaid->temporary && !release.is_relayed)
    throw cannot_release(lease, "dhcp_release6 has no way to release an IA_TA");
  return release;
}

/// The command line of the program that dnsmasq has for it.
std::vector<std::string> release_command(const Lease& lease, const std::string& interface) {
  const std::string address(IpText(lease.address).view());
  if (lease.address.family == Family::v4) {
    std::vector<std::string> command{"dhcp_release", interface, address,
                                     std::string(HardwareText(*lease.hardware).view())};
    if (!lease.client_id.empty()) command.push_back(hex_text(lease.client_id));
    return command;
  }
  return {"dhcp_release6",
          "--iface",
          interface,
          "--ip",
          address,
          "--client-id",
          hex_text(lease.client_id),
          "--server-id",
          hex_text(lease.server_duid),
          "--iaid",
          std::string(IaidText(*lease.iaid).view())};
}

void send(const Release& release, const std::string& interface) {
  if (release.is_relayed && release.lease.address.family == Family::v6) {
    send_relayed_release(release.lease, interface);
    return;
  }
  const std::vector<std::string> command = release_command(release.lease, interface);
  // As root it fails where dnsmasq does not answer by this interface.
  if (run_program(command, "dnsmasq-utils").status != 0 && ::geteuid() != 0)
    throw cannot_release(release.lease,
                         command.front() + " failed; run this as root, on the host where dnsmasq runs");
}

/// Whether an address is no longer leased to the client that had it.
bool has_ended(const Lease& lease, const std::vector<Lease>& present) {
  return std::ranges::none_of(present, [&](const Lease& other) {
    return other.network == lease.network && other.address == lease.address &&
           other.hardware == lease.hardware && std::ranges::equal(other.client_id, lease.client_id);
  });
}

/// Takes out of `releases` what has ended, and returns when nothing is left or the time is up.
void wait_for_end(const Settings& settings, IndexWatch& watch, std::vector<Release>& releases,
                  std::chrono::seconds patience) {
  const auto deadline = Clock::now() + patience;
  for (;;) {
    watch.renew();
    const IndexReader reader(settings);
    const std::vector<Lease> present = reader.live_leases();
    std::erase_if(releases, [&](const Release& release) { return has_ended(release.lease, present); });
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    if (releases.empty() || left.count() <= 0) return;
    pollfd file{watch.descriptor(), POLLIN, 0};
    if (::poll(&file, 1, static_cast<int>(left.count())) < 0 && errno != EINTR)
      throw errno_error("poll", "failed", errno);
  }
}

/// Asks dnsmasq by one interface after the other, and takes out of `releases` what has ended.
void end_leases(const Settings& settings, std::vector<Release>& releases) {
  IndexWatch watch(settings.runtime_directory);
  const auto can_be_asked = [&](std::size_t round) {
    return std::ranges::any_of(releases,
                               [&](const Release& release) { return round < release.interfaces.size(); });
  };
  for (std::size_t round = 0; can_be_asked(round); ++round) {
    for (const Release& release : releases) {
      if (round < release.interfaces.size()) send(release, release.interfaces[round]);
    }
    wait_for_end(settings, watch, releases, can_be_asked(round + 1) ? kFirstPatience : kPatience);
  }
}

/// Why a lease is still there.
std::string reason_of(const Release& release) {
  std::string asked;
  for (const std::string& interface : release.interfaces) asked += (asked.empty() ? "" : ", ") + interface;
  std::string reason = "dnsmasq has not ended this lease within " + std::to_string(kPatience.count()) +
                       " s, asked by way of " + escaped(asked) +
                       "; if it runs in another network namespace or on another host, run this there";
  if (!release.lease.source.empty())
    reason += "; the lease is read from " + escaped(release.lease.source) + ", as of the last import";
  return reason;
}

/// Takes out of `leases` those of which nothing on this host could hear that they are to end, and says so.
std::vector<Lease> take_unheard(std::vector<Lease>& leases) {
  const auto is_unheard = [](const Lease& lease) { return !receives_dhcp(lease.address.family); };
  std::vector<Lease> unheard;
  std::ranges::copy_if(leases, std::back_inserter(unheard), is_unheard);
  std::erase_if(leases, is_unheard);
  for (const Lease& lease : unheard) {
    log_line("nothing receives DHCPv" + std::to_string(static_cast<int>(lease.address.family)) +
             " here: dnsmasq does not run, or runs in another network namespace or on another host; run "
             "this there: " +
             one_line(lease));
  }
  return unheard;
}

/// What became of each lease (schema/release.schema.json). Those in `rest` are still there, and why that is
/// so says `reason`.
void print_json(const std::vector<Lease>& leases, const std::vector<Lease>& rest, const char* reason) {
  const LocalSubnets subnets;
  auto list = nlohmann::ordered_json::array();
  for (const Lease& lease : leases) {
    nlohmann::ordered_json object;
    object["outcome"] = has_ended(lease, rest) ? "released" : reason;
    object["lease"] = json_of(lease, subnets);
    list.push_back(std::move(object));
  }
  Output output;
  output.text() = json_text(list, 2) + '\n';
  output.flush();
}

int release(const Settings& settings, const ReleaseOptions& options) {
  const IndexReader reader(settings);
  const std::vector<Lease> leases = leases_of(reader, options.subject);
  if (leases.empty()) {
    log_line("nothing is leased to '" + options.subject + "'");
    return kNotFound;
  }
  if (leases.size() > 1 && !options.all) {
    log_line("'" + options.subject +
             "' has several leases; name one by its address, or release them with --all:");
    for (const Lease& lease : leases) std::cerr << "  " << one_line(lease) << '\n';
    if (options.json) print_json(leases, leases, "kept");
    return kNotFound;
  }
  std::vector<Lease> heard = leases;
  std::vector<Lease> rest = take_unheard(heard);
  // No lease ends before it is known that each can.
  std::vector<Release> releases;
  const std::vector<Lease> present = reader.live_leases();
  std::ranges::transform(
      heard, std::back_inserter(releases),
      [&, subnets = LocalSubnets()](const Lease& lease) { return release_of(lease, subnets, present); });
  end_leases(settings, releases);
  for (const Release& release : releases) {
    log_line(reason_of(release) + ": " + one_line(release.lease));
    rest.push_back(release.lease);
  }
  if (options.json) print_json(leases, rest, "unanswered");
  return rest.empty() ? kFound : kNotFound;
}

}  // namespace

Verb release_verb(Command leasectl) {
  auto options = std::make_shared<ReleaseOptions>();
  Command command = leasectl.add_command("release", "End a lease now, as its client would");
  command.add_option("NAME|ADDRESS|MAC", options->subject, "Whose lease to end").required();
  command.add_flag("--all", options->all, "All of them, if there are several");
  command.add_flag("--json", options->json, "Print a JSON array: what became of each lease");
  return {command,
          [options](const Invocation& invocation) { return release(invocation.settings, *options); }};
}

}  // namespace leases::cli
