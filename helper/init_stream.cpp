#include "helper/init_stream.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <map>
#include <span>
#include <utility>

#include "helper/file.h"
#include "helper/hex_text.h"

namespace leases {

namespace {

std::string hex_or_star(std::span<const std::uint8_t> bytes) {
  return bytes.empty() ? "*" : hex_text(bytes);
}

/// A token too few would make dnsmasq take the first of the next line for it: a row is whole or it is not
/// written.
std::string row(const Lease& lease, std::string_view client) {
  std::string text = std::to_string(lease.expiry.seconds);
  text.append(" ").append(client);
  text.append(" ").append(IpText(lease.address).view());
  text.append(" ").append(lease.hostname.empty() ? "*" : lease.hostname);
  text.append(" ").append(hex_or_star(lease.client_id));
  return text.append("\n");
}

}  // namespace

std::string init_stream(const std::vector<Lease>& leases, EpochSeconds now,
                        std::span<const std::uint8_t> server_duid) {
  std::string v4;
  std::string v6;
  ChangeTime duid_changed;
  std::map<IpAddress, ChangeTime> latest;
  for (const Lease& lease : leases) {
    ChangeTime& changed = latest[lease.address];
    changed = std::max(changed, lease.changed);
  }
  for (const Lease& lease : leases) {
    if (lease.changed != latest[lease.address]) continue;
    if (!lease.server_duid.empty() && lease.changed >= duid_changed) {
      server_duid = lease.server_duid;
      duid_changed = lease.changed;
    }
    if (lease.expiry.over_at(now)) continue;
    if (lease.address.family == Family::v4 && lease.hardware) {
      v4 += row(lease, HardwareText(*lease.hardware).view());
    }
    if (lease.address.family == Family::v6 && lease.iaid && !lease.client_id.empty()) {
      v6 += row(lease, IaidText(*lease.iaid).view());
    }
  }
  if (!server_duid.empty()) v4.append("duid ").append(hex_text(server_duid)).append("\n");
  return v4 + v6;
}

void print_for_dnsmasq(const std::string& stream) {
  if (std::fwrite(stream.data(), 1, stream.size(), stdout) == stream.size() && std::fflush(stdout) == 0)
    return;
  throw StoreError("standard output: cannot be written; dnsmasq has to read it");
}

}  // namespace leases
