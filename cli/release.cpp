#include "cli/release.h"

#include <poll.h>

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

#include "cli/complaint.h"
#include "cli/exit_code.h"
#include "cli/index_reader.h"
#include "cli/index_watch.h"
#include "cli/json_text.h"
#include "cli/lease_output.h"
#include "cli/output.h"
#include "cli/program.h"
#include "cli/subject.h"
#include "helper/escaped_text.h"
#include "helper/hex_text.h"
#include "helper/interfaces.h"

namespace leases::cli {

namespace {

using Clock = std::chrono::steady_clock;

/// dnsmasq ends a lease within milliseconds, unless it does not hear us.
constexpr std::chrono::seconds kPatience(10);

struct ReleaseOptions {
  std::string subject;
  bool all = false;
  bool json = false;  ///< print what became of each lease
};

std::string text_of(const Lease& lease) {
  std::string text = escaped(lease.network) + "  " + IpText(lease.address).c_str() + "  ";
  text += lease.told_name().empty() ? "-" : escaped(lease.told_name());
  return text + "  " + (lease.hardware ? std::string(HardwareText(*lease.hardware).view()) : "-");
}

StoreError cannot_release(const Lease& lease, const std::string& why) {
  return StoreError(std::string(IpText(lease.address).view()) + ": cannot be released: " + why);
}

std::string interface_of(const Lease& lease) {
  const LocalSubnets subnets;
  if (subnets.prefix_length(lease.network, lease.address)) return std::string(lease.network);
  std::string interface = subnets.interface_of(lease.address);
  if (interface.empty())
    throw cannot_release(lease, "no interface of this host is in its subnet; run this where dnsmasq runs");
  return interface;
}

/// The command line of the program that dnsmasq has for it.
std::vector<std::string> release_command(const Lease& lease) {
  const std::string interface = interface_of(lease);
  const std::string address(IpText(lease.address).view());
  if (lease.address.family == Family::v4) {
    if (!lease.hardware) throw cannot_release(lease, "its hardware address is not known");
    std::vector<std::string> command{"dhcp_release", interface, address,
                                     std::string(HardwareText(*lease.hardware).view())};
    if (!lease.client_id.empty()) command.push_back(hex_text(lease.client_id));
    return command;
  }
  if (!lease.iaid || lease.client_id.empty() || lease.server_duid.empty())
    throw cannot_release(lease, "the client's or the server's DUID or the IAID is not known");
  const std::string iaid(IaidText(*lease.iaid).view());
  if (iaid.starts_with('T')) throw cannot_release(lease, "dhcp_release6 has no way to release an IA_TA");
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
          iaid};
}

/// No lease ends before it is known that each can.
void send_releases(const std::vector<Lease>& leases) {
  std::vector<std::vector<std::string>> commands;
  std::ranges::transform(leases, std::back_inserter(commands), release_command);
  for (std::size_t i = 0; i < leases.size(); ++i) {
    if (run_program(commands[i], "dnsmasq-utils").status == 0) continue;
    throw cannot_release(leases[i],
                         commands[i].front() + " failed; run this as root, on the host where dnsmasq runs");
  }
}

/// Whether an address is no longer leased to the client that had it.
bool has_ended(const Lease& lease, const std::vector<Lease>& present) {
  return std::ranges::none_of(present, [&](const Lease& other) {
    return other.network == lease.network && other.address == lease.address &&
           other.hardware == lease.hardware && std::ranges::equal(other.client_id, lease.client_id);
  });
}

/// Takes out of `leases` what has ended, and returns when nothing is left or dnsmasq takes too long.
void wait_for_end(const Settings& settings, IndexWatch& watch, std::vector<Lease>& leases) {
  const auto deadline = Clock::now() + kPatience;
  for (;;) {
    watch.renew();
    const IndexReader reader(settings);
    const std::vector<Lease> present = reader.live_leases();
    std::erase_if(leases, [&](const Lease& lease) { return has_ended(lease, present); });
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    if (leases.empty() || left.count() <= 0) return;
    pollfd file{watch.descriptor(), POLLIN, 0};
    if (::poll(&file, 1, static_cast<int>(left.count())) < 0 && errno != EINTR)
      throw system_error("poll", "failed", errno);
  }
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
    complain("nothing is leased to '" + options.subject + "'");
    return kNotFound;
  }
  if (leases.size() > 1 && !options.all) {
    complain("'" + options.subject +
             "' has several leases; name one by its address, or release them with --all:");
    for (const Lease& lease : leases) std::cerr << "  " << text_of(lease) << '\n';
    if (options.json) print_json(leases, leases, "kept");
    return kNotFound;
  }
  IndexWatch watch(settings.runtime_directory);
  send_releases(leases);
  std::vector<Lease> rest = leases;
  wait_for_end(settings, watch, rest);
  for (const Lease& lease : rest) {
    complain("dnsmasq has not ended this lease within " + std::to_string(kPatience.count()) +
             " s; is it running, and does it serve that interface? " + text_of(lease));
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
  return {command, [options](const Settings& settings) { return release(settings, *options); }};
}

}  // namespace leases::cli
