#include "store/init_stream.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <map>
#include <span>
#include <utility>

#include "common/host_name.h"
#include "store/identifier.h"
#include "util/error.h"
#include "util/hex_text.h"

namespace leases {

namespace {

/// Stands for an unknown client if the lease of an IPv6 address lacks the DUID or the IAID.
std::string identifier(const Lease& lease) {
  const bool is_v6 = lease.address.family == Family::v6;
  if (!lease.client_id.empty() && (lease.iaid || !is_v6)) return hex_text(lease.client_id);
  return is_v6 ? hex_text(kUnknownDuid) : "*";
}

/// dnsmasq would take the part after a dot as the domain, which it does not take from a client.
std::string_view name(const Lease& lease) {
  const bool is_qualified = lease.hostname.find('.') != std::string_view::npos;
  return lease.hostname.empty() || is_qualified ? "*" : lease.hostname;
}

/// With one token missing, dnsmasq would read the next line's first token in its place, so only whole rows
/// are written.
std::string row(const Lease& lease, std::string_view client) {
  std::string text = std::to_string(lease.expiry.seconds);
  text.append(" ").append(client);
  text.append(" ").append(IpText(lease.address).view());
  text.append(" ").append(name(lease));
  text.append(" ").append(identifier(lease));
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
    if (lease.expiry.expired_at(now)) continue;
    if (lease.address.family == Family::v4) {
      v4 += row(lease, HardwareText(lease.hardware.value_or(HardwareAddress{})).view());
    } else {
      v6 += row(lease, IaidText(lease.iaid.value_or(Iaid{})).view());
    }
  }
  if (!server_duid.empty()) v4.append("duid ").append(hex_text(server_duid)).append("\n");
  return v4 + v6;
}

void print_for_dnsmasq(const std::string& stream) {
  if (std::fwrite(stream.data(), 1, stream.size(), stdout) == stream.size() && std::fflush(stdout) == 0)
    return;
  throw Error("standard output: cannot be written; dnsmasq has to read it");
}

}  // namespace leases
