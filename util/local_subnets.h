#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/address.h"

namespace leases {

/// The subnets of this host's network interfaces at the time that this object was made.
class LocalSubnets {
 public:
  LocalSubnets();

  /// The name of the interface in whose subnet an address lies, of the narrowest if there are several; empty
  /// if in none.
  [[nodiscard]] std::string interface_of(const IpAddress& address) const;

  /// The name of the interface that has this address; empty if none has.
  [[nodiscard]] std::string interface_with(const IpAddress& own) const;

  /// An address of an interface: the one in whose subnet `address` lies, else the first of its family.
  [[nodiscard]] std::optional<IpAddress> own_address(std::string_view interface,
                                                     const IpAddress& address) const;

  /// Whether there is an interface of this name with an address of this family.
  [[nodiscard]] bool has(std::string_view interface, Family family) const;

  /// The prefix length of the subnet of an interface in which an address lies.
  [[nodiscard]] std::optional<unsigned> prefix_length(std::string_view interface,
                                                      const IpAddress& address) const;

 private:
  struct Subnet {
    std::string interface;
    IpAddress own;
    unsigned prefix_length;
  };
  std::vector<Subnet> subnets_;  ///< narrowest first
};

}  // namespace leases
