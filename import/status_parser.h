#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/lease.h"
#include "common/time.h"
#include "import/record_problem.h"
#include "util/text_arena.h"

namespace leases {

/// The leases of a status file. Owns their texts.
struct ParsedStatus {
  std::vector<Lease> leases;  ///< the last one of each address
  /// What is wrong with the file as a whole, empty if nothing: then `leases` is what can be read all the
  /// same, and there may be more.
  std::string damage;
  /// What is wrong with single records, in their order: the others are all that the file says.
  std::vector<RecordProblem> problems;
  /// Every record tells when it changed, no address has two and each identifier could be kept: nothing was
  /// made up or dropped.
  bool complete = true;

  TextArena texts;
};

/// Reads a status file: libvirt's record format (schema/lease-status.schema.json). Keys that are not known
/// are passed over; of a key that is there more than once, the last counts. A record without a time of change
/// gets `unknown_change`, records later in the file later times.
///
/// A record without an address or an expiry is left out. Any other value that cannot be read costs the lease
/// just that value. A name that is not a host label is kept as a refused one, if it can be kept at all
/// (is_client_name()). A client identifier that is cut or too long is left out without a problem: that is
/// how dnsmasq's script is told it.
ParsedStatus parse_status(std::string_view text, std::string_view network, ChangeTime unknown_change);

}  // namespace leases
