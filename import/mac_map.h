#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/hardware_address.h"
#include "import/record_problem.h"
#include "util/text_arena.h"

namespace leases {

/// A machine that is known by a name before it says one.
struct Guest {
  HardwareAddress hardware;
  std::string_view name;  ///< a host label, or several joined by dots
};

/// The guests of a MAC map. Owns their names.
struct ParsedMacMap {
  /// By their hardware address. Of several with the same one, the last in the file first: libvirt adds guests
  /// as they start, and leaves some behind that are gone.
  std::vector<Guest> guests;
  /// What is wrong with the file as a whole, empty if nothing: then there are no guests.
  std::string damage;
  /// What is wrong with single entries, in their order: the others are all that the file says.
  std::vector<RecordProblem> problems;

  TextArena texts;
};

/// Reads a MAC map in the format of libvirt's `<bridge>.macs`:
///
///     [{"domain": "web", "macs": ["52:54:00:12:34:56"]}]
///
/// Keys that are not known are passed over. A guest whose name cannot be a host's is left out, which is no
/// damage: libvirt lets a guest be called "Windows 11 (old)".
ParsedMacMap parse_mac_map(std::string_view text);

}  // namespace leases
