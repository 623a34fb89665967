#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/names/network_choice.h"
#include "common/address.h"
#include "common/hardware_address.h"
#include "store/index_reader.h"
#include "store/network_summary.h"

namespace leases::cli {

/// A machine: all leases of one name in one network. A lease has its own name, or else its guest's. Every
/// text is checked, and names are in lower case, so that it can stand in any file without quoting.
struct InventoryHost {
  std::string name;                  ///< is_host_label()
  std::string network;               ///< is_network_name(), as spelled
  std::string domain;                ///< is_domain_name(), of the most recent lease that has one; or empty
  std::string guest_domain;          ///< the same of what stands behind the label of its guest's name
  std::vector<IpAddress> addresses;  ///< at least one, sorted: IPv4 first
  std::optional<HardwareAddress> hardware;  ///< of the most recent lease that has one
  bool alone = true;                        ///< its name tells it from all others

  /// What tells it from all others: its name or, if that is not enough, name.network.
  [[nodiscard]] std::string key() const { return alone ? name : name + '.' + network; }
  /// The names that a lookup finds it by: name, if it is alone with that; and with domain, network and
  /// guest_domain behind it. May be none.
  [[nodiscard]] std::vector<std::string> names() const;
};

/// What can be exported: hosts sorted by network and name, and their networks.
struct Inventory {
  std::vector<InventoryHost> hosts;
  /// Of these, again, those that are known by a guest's name, too, under that one. A name that a host of the
  /// network has for its own is left out.
  std::vector<InventoryHost> guests;
  std::vector<NetworkSummary> networks;

  /// Both: for what has room for all names of a machine.
  [[nodiscard]] std::vector<InventoryHost> by_every_name() const;
};

/// Takes hosts out whose key is refused, each with a line on standard error; `problem` is the middle of that
/// sentence, which begins with the host.
void leave_out_hosts(Inventory& inventory, const std::function<bool(const std::string& key)>& is_refused,
                     std::string_view problem);

/// The hosts of the networks chosen. What no other program should have to read (a damaged index, or that of
/// a hostile owner) is left out, with a line on standard error.
Inventory inventory_of(const IndexReader& reader, const Settings& settings, const NetworkChoice& choice);

}  // namespace leases::cli
