#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/address.h"

namespace leases::resolve {

/// A domain name as DNS carries it: each label after its length, and an empty one at the end (RFC 1035, 3.1).
class DnsName {
 public:
  /// From its text, in which a backslash takes the meaning from the character, or three digits, after it
  /// (RFC 1035, 5.1); a dot at the end changes nothing. Nothing if a label or the name is too long, or a
  /// label is empty.
  static std::optional<DnsName> parse(const std::string& text);

  [[nodiscard]] std::string_view wire() const { return wire_; }
  /// The labels with dots in between, as NSS has names. Nothing if a label has a dot in it; empty for the
  /// root.
  [[nodiscard]] std::optional<std::string> text() const;

 private:
  explicit DnsName(std::string wire) : wire_(std::move(wire)) {}

  std::string wire_;
};

/// The address that a name in in-addr.arpa or ip6.arpa is about (RFC 1035, 3.5; RFC 3596, 2.5); nothing for
/// other names there and elsewhere.
std::optional<IpAddress> address_of(std::string_view name);

/// The zone of the names of all addresses that share the first `bits` with this one: a multiple of 8 up to 24
/// for IPv4, of 4 up to 124 for IPv6.
std::string reverse_zone(const IpAddress& address, unsigned bits);

}  // namespace leases::resolve
