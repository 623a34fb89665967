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

#include "cli/command_line/exit_code.h"
#include "cli/names/lease_query.h"
#include "cli/output/json_text.h"
#include "cli/output/lease_output.h"
#include "cli/output/standard_output.h"
#include "cli/release/release_request.h"
#include "cli/verbs/verbs.h"
#include "dnsmasq/release_path.h"
#include "store/index_reader.h"
#include "store/index_watch.h"
#include "util/error.h"
#include "util/escaped_text.h"
#include "util/local_subnets.h"
#include "util/log.h"

namespace leases::cli {

namespace {

using Clock = std::chrono::steady_clock;

/// dnsmasq ends a lease within milliseconds if it receives the release.
constexpr std::chrono::seconds kPatience(10);
/// Before the next interface is tried.
constexpr std::chrono::seconds kFirstPatience(1);

struct ReleaseOptions {
  std::string subject;
  bool all = false;
  bool json = false;
};

/// Whether an address is no longer leased to the client that had it.
bool has_ended(const Lease& lease, const std::vector<Lease>& present) {
  return std::ranges::none_of(present, [&](const Lease& other) {
    return other.network == lease.network && other.address == lease.address &&
           other.hardware == lease.hardware && std::ranges::equal(other.client_id, lease.client_id);
  });
}

/// Removes the requests whose leases have ended. Returns when none is left or the time is up.
void wait_for_end(const Settings& settings, IndexWatch& watch, std::vector<ReleaseRequest>& requests,
                  std::chrono::seconds patience) {
  const auto deadline = Clock::now() + patience;
  for (;;) {
    watch.renew();
    const IndexReader reader(settings);
    const std::vector<Lease> present = reader.live_leases();
    std::erase_if(requests, [&](const ReleaseRequest& request) { return has_ended(request.lease, present); });
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    if (requests.empty() || left.count() <= 0) return;
    pollfd file{watch.descriptor(), POLLIN, 0};
    if (::poll(&file, 1, static_cast<int>(left.count())) < 0 && errno != EINTR)
      throw errno_error("poll", "failed", errno);
  }
}

/// Asks dnsmasq through one interface after the other, and removes the requests whose leases have ended.
void end_leases(const Settings& settings, std::vector<ReleaseRequest>& requests) {
  if (requests.empty()) return;
  IndexWatch watch(settings.runtime_directory);
  const auto can_be_asked = [&](std::size_t round) {
    return std::ranges::any_of(
        requests, [&](const ReleaseRequest& request) { return round < request.interfaces.size(); });
  };
  for (std::size_t round = 0; can_be_asked(round); ++round) {
    for (const ReleaseRequest& request : requests) {
      if (round < request.interfaces.size()) send_release(request, request.interfaces[round]);
    }
    wait_for_end(settings, watch, requests, can_be_asked(round + 1) ? kFirstPatience : kPatience);
  }
}

/// Why a lease did not end.
std::string reason_of(const ReleaseRequest& request) {
  std::string asked;
  for (const std::string& interface : request.interfaces) asked += (asked.empty() ? "" : ", ") + interface;
  std::string reason = "dnsmasq has not ended this lease within " + std::to_string(kPatience.count()) +
                       " s, asked through " + escaped(asked) +
                       "; if it runs in another network namespace or on another host, run this there";
  if (!request.lease.source.empty())
    reason += "; the lease was imported from " + escaped(request.lease.source);
  return reason;
}

/// Removes from `leases` and returns those whose release nothing on this host would receive, and logs them.
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

/// The outcome for each lease (schema/release.schema.json): "released", or `reason` for those in `rest`.
void print_json(const std::vector<Lease>& leases, const std::vector<Lease>& rest, const char* reason) {
  const LocalSubnets subnets;
  auto list = nlohmann::ordered_json::array();
  for (const Lease& lease : leases) {
    nlohmann::ordered_json object;
    object["outcome"] = has_ended(lease, rest) ? "released" : reason;
    object["lease"] = json_of(lease, subnets);
    list.push_back(std::move(object));
  }
  print(json_text(list, 2) + '\n');
}

/// Lists the leases of an ambiguous word.
void disambiguate(const std::string& subject, const std::vector<Lease>& leases) {
  log_line("'" + subject + "' has several leases; name one by its address, or release all with --all:");
  for (const Lease& lease : leases) std::cerr << "  " << one_line(lease) << '\n';
}

int release(const Settings& settings, const ReleaseOptions& options) {
  const IndexReader reader(settings);
  const std::vector<Lease> leases = leases_typed(reader, settings, options.subject);
  if (leases.empty()) {
    log_line("nothing is leased to '" + options.subject + "'");
    if (options.json) print_json({}, {}, "kept");
    return kNotFound;
  }
  if (leases.size() > 1 && !options.all) {
    disambiguate(options.subject, leases);
    if (options.json) print_json(leases, leases, "kept");
    return kNotFound;
  }
  std::vector<Lease> heard = leases;
  std::vector<Lease> rest = take_unheard(heard);
  // All requests are made before the first is sent: if one lease cannot be released, none is.
  std::vector<ReleaseRequest> requests;
  const std::vector<Lease> present = reader.live_leases();
  std::ranges::transform(
      heard, std::back_inserter(requests),
      [&, subnets = LocalSubnets()](const Lease& lease) { return release_request(lease, subnets, present); });
  end_leases(settings, requests);
  for (const ReleaseRequest& request : requests) {
    log_line(reason_of(request) + ": " + one_line(request.lease));
    rest.push_back(request.lease);
  }
  if (options.json) print_json(leases, rest, "unanswered");
  return rest.empty() ? kFound : kNotFound;
}

}  // namespace

Verb release_verb(Command leasectl) {
  auto options = std::make_shared<ReleaseOptions>();
  Command command = leasectl.add_command("release", "End a lease now, as its client would");
  command.add_option("NAME|ADDRESS|MAC|CLIENT-ID", options->subject, "Whose lease to end").required();
  command.add_flag("--all", options->all, "All its leases, if there are several");
  command.add_flag("--json", options->json, "Print a JSON array: what became of each lease");
  return {command,
          [options](const Invocation& invocation) { return release(invocation.settings, *options); }};
}

}  // namespace leases::cli
