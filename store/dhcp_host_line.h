#pragma once

#include <string_view>
#include <vector>

#include "common/address.h"
#include "common/hardware_address.h"

namespace leases {

/// A line of dnsmasq's dhcp-hostsfile, or the value of a dhcp-host (dnsmasq(8)): whom it reserves what for.
/// The texts are parts of the line.
struct DhcpHostLine {
  std::vector<HardwareAddress> hardware;  ///< without patterns of them
  std::vector<IpAddress> addresses;       ///< whole ones; in [::5] and [fd00::/64] the network decides
  std::string_view client_id;             ///< as it stands after `id:`; empty: none is named
  std::string_view name;                  ///< with its domain, if any; empty: none. The last counts
  bool is_ignored = false;                ///< `ignore`: dnsmasq gives that client nothing
  bool is_conditional = false;            ///< `tag:`: the configuration decides whether the line holds

  static DhcpHostLine parse(std::string_view line);

 private:
  void take(std::string_view field);
};

}  // namespace leases
