#include "cli/release/lease_release.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <iterator>
#include <string>

#include "cli/output/lease_output.h"
#include "cli/release/release_request.h"
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

/// At most, before the next interface is tried.
constexpr std::chrono::seconds kFirstPatience(1);

/// Removes the requests whose leases have ended. Returns when none is left or the time is up.
void wait_for_end(const Settings& settings, IndexWatch& watch, std::vector<ReleaseRequest>& requests,
                  Clock::time_point deadline) {
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

/// Asks dnsmasq through one interface after the other, and removes the requests whose leases have ended. Each
/// interface has its share of the time, the last one what is left.
void end_leases(const Settings& settings, std::vector<ReleaseRequest>& requests,
                std::chrono::seconds patience) {
  if (requests.empty()) return;
  IndexWatch watch(settings.runtime_directory);
  const Clock::time_point deadline = Clock::now() + patience;
  const auto rounds_of = [](const std::vector<ReleaseRequest>& asked) {
    std::size_t rounds = 0;
    for (const ReleaseRequest& request : asked) rounds = std::max(rounds, request.interfaces.size());
    return rounds;
  };
  for (std::size_t round = 0; round < rounds_of(requests); ++round) {
    for (const ReleaseRequest& request : requests) {
      if (round < request.interfaces.size()) send_release(request, request.interfaces[round]);
    }
    const Clock::time_point start = Clock::now();
    const auto rest = static_cast<Clock::rep>(rounds_of(requests) - round);
    const Clock::duration share = std::min<Clock::duration>((deadline - start) / rest, kFirstPatience);
    wait_for_end(settings, watch, requests, rest == 1 ? deadline : start + share);
  }
}

/// Why a lease did not end.
std::string reason_of(const ReleaseRequest& request, std::chrono::seconds patience) {
  std::string asked;
  for (const std::string& interface : request.interfaces) asked += (asked.empty() ? "" : ", ") + interface;
  std::string reason = "dnsmasq has not ended this lease within " + std::to_string(patience.count()) +
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

}  // namespace

bool has_ended(const Lease& lease, const std::vector<Lease>& present) {
  return std::ranges::none_of(present, [&](const Lease& other) {
    return other.network == lease.network && other.address == lease.address &&
           other.hardware == lease.hardware && std::ranges::equal(other.client_id, lease.client_id);
  });
}

std::vector<Lease> release_leases(const Settings& settings, const std::vector<Lease>& leases,
                                  const std::vector<Lease>& present, std::chrono::seconds patience) {
  std::vector<Lease> heard = leases;
  std::vector<Lease> rest = take_unheard(heard);
  // All requests are made before the first is sent.
  std::vector<ReleaseRequest> requests;
  std::ranges::transform(
      heard, std::back_inserter(requests),
      [&, subnets = LocalSubnets()](const Lease& lease) { return release_request(lease, subnets, present); });
  end_leases(settings, requests, patience);
  for (const ReleaseRequest& request : requests) {
    log_line(reason_of(request, patience) + ": " + one_line(request.lease));
    rest.push_back(request.lease);
  }
  return rest;
}

}  // namespace leases::cli
