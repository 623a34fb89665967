#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "store/source_place.h"

namespace leases::cli {

/// Where dnsmasq keeps its leases by default (Debian's --dhcp-leasefile).
inline constexpr const char* kStandardLeaseFile = "/var/lib/misc/dnsmasq.leases";

/// The place of dnsmasq's lease file, which need not exist. Throws Error if the path leads through a link
/// that others than root can change, or to no directory.
SourcePlace lease_file_place(const std::string& path);

/// The path of a place, without links.
std::string path_of(const SourcePlace& place);

/// A dnsmasq that has the file open.
std::optional<pid_t> dnsmasq_with_open_file(const SourcePlace& place);

}  // namespace leases::cli
