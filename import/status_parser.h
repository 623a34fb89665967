#pragma once

#include <string_view>

#include "common/time.h"
#include "import/parsed_file.h"

namespace leases {

/// Reads a status file: libvirt's record format (schema/lease-status.schema.json). Unknown keys are skipped;
/// of a key that is there more than once, the last counts. A record without a time of change gets
/// `unknown_change`, records later in the file later times.
///
/// A record without an address or an expiry is left out. Any other value that cannot be read costs the lease
/// just that value. A name that is not a host label is kept as a refused one, if it can be kept at all
/// (is_client_name()). A client identifier that is cut or too long is left out without a problem: dnsmasq's
/// script gets it like that.
ParsedFile parse_status(std::string_view text, std::string_view network, ChangeTime unknown_change);

/// The same for a file of another host: a record may have the name of its guest, since the map that has it is
/// there.
ParsedFile parse_shared_status(std::string_view text, std::string_view network, ChangeTime unknown_change);

}  // namespace leases
