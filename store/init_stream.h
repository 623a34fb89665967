#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/lease.h"
#include "common/time.h"

namespace leases {

/// What dnsmasq reads when it starts with leasefile-ro: its lease database, in the format of its own lease
/// file. Expired leases are left out: dnsmasq does not start with more rows than its dhcp-lease-max. Of
/// several leases of one address, the one that changed last counts: dnsmasq would take both. Names that the
/// policy refused are included, since they are dnsmasq's business, except those with a dot, which dnsmasq
/// would split. `server_duid` is used if no lease has it.
///
/// dnsmasq has to know each address that is in use. So a lease without a hardware address gets one of no
/// bytes, and an IPv6 lease without a DUID or an IAID gets kUnknownDuid: its client gets another address when
/// it asks next, and no other client gets this one.
std::string init_stream(const std::vector<Lease>& leases, EpochSeconds now,
                        std::span<const std::uint8_t> server_duid = {});

/// Writes the stream to standard output, to its end. Throws Error if it cannot be written.
void print_for_dnsmasq(const std::string& stream);

}  // namespace leases
