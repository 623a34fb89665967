#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "common/address.h"
#include "common/hardware_address.h"

namespace leases::cli {

// Addresses as people type or copy them. A text that is none of them may still be a name.

/// An IP address as parse_ip() reads it, also in brackets ("[fd00::1]"), with a prefix length, as `list`
/// shows it, or with a zone ("fe80::1%eth0"), which are ignored. An IPv4-mapped address is the IPv4 address.
std::optional<IpAddress> typed_ip(std::string_view text);

/// A hardware address of several bytes as HardwareAddress::parse() reads it, and one of Ethernet as
/// "52-54-00-12-34-56", "5254.0012.3456", or without leading zeros "52:54:0:12:34:56". A single byte is
/// rather a name: "db", "db-01".
std::optional<HardwareAddress> typed_hardware(std::string_view text);

/// The bytes of a client identifier or DUID: at least two, two hex digits each, with colons or hyphens
/// between.
std::optional<std::vector<std::uint8_t>> typed_identifier(std::string_view text);

/// The same, and those of a hardware address, without anything between them ("525400123456"): a host may have
/// such a name, too.
std::optional<std::vector<std::uint8_t>> typed_bytes(std::string_view text);

}  // namespace leases::cli
