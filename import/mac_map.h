#pragma once

#include <string_view>

#include "import/parsed_file.h"

namespace leases {

/// Reads a MAC map in the format of libvirt's `<bridge>.macs`:
///
///     [{"domain": "web", "macs": ["52:54:00:12:34:56"]}]
///
/// Unknown keys are skipped. A guest whose name cannot be a host's is left out, which is not damage: libvirt
/// lets a guest be called "Windows 11 (old)". A damaged map gives no guests.
ParsedFile parse_mac_map(std::string_view text);

}  // namespace leases
