#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/lease.h"
#include "common/time.h"
#include "helper/text_arena.h"

namespace leases {

/// The leases of a status file. Owns their texts.
struct ParsedStatus {
  std::vector<Lease> leases;  ///< the last one of each address
  /// What is wrong with the file, empty if nothing: then `leases` is what can be read all the same.
  std::string damage;
  /// Every record tells when it changed and no address has two: nothing was made up or dropped.
  bool complete = true;

  TextArena texts;
};

/// Reads a status file: libvirt's record format (schema/lease-status.schema.json). Keys that are not known
/// are passed over. A record without a time of change gets `unknown_change`, records later in the file later
/// times.
ParsedStatus parse_status(std::string_view text, std::string_view network, ChangeTime unknown_change);

}  // namespace leases
