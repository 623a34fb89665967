#include "cli/release/release_request.h"

#include <unistd.h>

#include "cli/release/relayed_release.h"
#include "dnsmasq/release_path.h"
#include "util/error.h"
#include "util/file.h"
#include "util/hex_text.h"
#include "util/process.h"

namespace leases::cli {

namespace {

constexpr const char* kReleasePrograms = "dnsmasq-utils";

Error cannot_release(const Lease& lease, const std::string& why) {
  return Error(std::string(IpText(lease.address).view()) + ": cannot be released: " + why);
}

/// The command line of the program from dnsmasq-utils.
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

}  // namespace

ReleaseRequest release_request(const Lease& lease, const LocalSubnets& subnets,
                               const std::vector<Lease>& present) {
  ReleaseRequest request{lease, interfaces_toward(lease, subnets, present)};
  request.is_relayed = subnets.interface_of(lease.address).empty();
  if (request.interfaces.empty())
    throw cannot_release(lease, "this host has no route to it; run this where dnsmasq runs");
  if (lease.address.family == Family::v4) {
    if (!lease.hardware) throw cannot_release(lease, "its hardware address is not known");
    return request;
  }
  if (!lease.iaid || lease.client_id.empty() || lease.server_duid.empty())
    throw cannot_release(lease, "the client's or the server's DUID or the IAID is not known");
  if (lease.iaid->temporary && !request.is_relayed)
    throw cannot_release(lease, "dhcp_release6 has no way to release an IA_TA");
  return request;
}

std::string missing_release_program() {
  for (const char* program : {"dhcp_release", "dhcp_release6"}) {
    if (!is_in_path(program))
      return std::string(program) + " is not installed; install it: apt install " + kReleasePrograms;
  }
  return {};
}

void send_release(const ReleaseRequest& request, const std::string& interface) {
  if (request.is_relayed && request.lease.address.family == Family::v6) {
    send_relayed_release(request.lease, interface);
    return;
  }
  const std::vector<std::string> command = release_command(request.lease, interface);
  // For root it fails only where dnsmasq does not serve this interface; the next one is tried.
  if (run_program(command, kReleasePrograms).status != 0 && ::geteuid() != 0)
    throw cannot_release(request.lease,
                         command.front() + " failed; run this as root, on the host where dnsmasq runs");
}

}  // namespace leases::cli
