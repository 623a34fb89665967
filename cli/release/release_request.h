#pragma once

#include <string>
#include <vector>

#include "common/lease.h"
#include "util/local_subnets.h"

namespace leases::cli {

/// A lease to end, and the ways to ask dnsmasq for that.
struct ReleaseRequest {
  Lease lease;
  std::vector<std::string> interfaces;  ///< to try in turn
  bool is_relayed = false;              ///< the client is in no subnet of this host
};

/// The request for a lease. `present`: all leases, which show the interfaces of its network. Throws Error if
/// dnsmasq cannot be asked.
ReleaseRequest release_request(const Lease& lease, const LocalSubnets& subnets,
                               const std::vector<Lease>& present);

/// That one of the programs that send releases is not installed, and what to do; empty if they are there.
std::string missing_release_program();

/// Sends what the client would send to end its lease, through one of the interfaces. Throws Error.
void send_release(const ReleaseRequest& request, const std::string& interface);

}  // namespace leases::cli
