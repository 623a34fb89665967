#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cli/names/network_choice.h"
#include "common/address.h"
#include "common/hardware_address.h"
#include "common/time.h"
#include "store/index_reader.h"
#include "store/network_summary.h"

namespace leases::cli {

/// A machine: all leases of one name in one network. A lease has its own name, or else its guest's. Every
/// text is checked, and names are in lower case, so they need no quoting in any file.
struct InventoryHost {
  std::string name;                  ///< is_host_label()
  std::string network;               ///< is_network_name(), as spelled
  std::string domain;                ///< is_domain_name(), of the most recent lease that has one; or empty
  std::string guest_domain;          ///< likewise: the part after the label of its guest's name
  std::string shared_by{};           ///< the other host whose network it is; empty: it is this host's own
  std::vector<IpAddress> addresses;  ///< at least one, sorted: IPv4 first
  std::optional<HardwareAddress> hardware;  ///< of the most recent lease that has one
  bool alone = true;                        ///< no other host has its name

  /// What may follow its name: the network, or instead the host that shares it.
  [[nodiscard]] const std::string& place() const { return shared_by.empty() ? network : shared_by; }
  /// What identifies it: its name or, if another host has that, too, name.place.
  [[nodiscard]] std::string key() const { return alone ? name : name + '.' + place(); }
  /// The names by which a lookup finds it: name, if no other host has it; and name followed by domain, place
  /// and guest_domain. May be empty.
  [[nodiscard]] std::vector<std::string> names() const;
};

/// Everything that can be exported: hosts sorted by network and name, and their networks.
struct Inventory {
  std::vector<InventoryHost> hosts;
  /// The hosts that have a guest's name as well, once more, under that name. A guest's name that is some
  /// host's own name in the network is left out.
  std::vector<InventoryHost> guests;
  std::vector<NetworkSummary> networks;
  /// dnsmasq's domains for the leases of these networks, also for those that have ended and are still in the
  /// index; in lower case, any bytes.
  std::set<std::string> domains{};
  /// When it was made, as far as a file says that.
  EpochSeconds time{};
  /// It was exported before: what has no lease any more is not a mistake of whoever asked for it.
  bool was_exported = false;

  /// Both lists: for formats that can have all names of a machine.
  [[nodiscard]] std::vector<InventoryHost> by_every_name() const;
};

/// Removes the hosts whose key is refused, and logs a line for each: the host, `problem`, and that it is left
/// out.
void leave_out_hosts(Inventory& inventory, const std::function<bool(const std::string& key)>& is_refused,
                     std::string_view problem);

/// The hosts of the networks chosen. Texts that no other program should have to read (of a damaged index, or
/// that of a hostile owner) are left out, with a line on standard error. With `reserved`, a reservation that
/// a lookup would find is as good as a lease.
Inventory inventory_of(const IndexReader& reader, const Settings& settings, const NetworkChoice& choice,
                       bool reserved = false);

}  // namespace leases::cli
