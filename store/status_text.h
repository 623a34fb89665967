#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/address.h"
#include "common/lease.h"

namespace leases {

/// The text of a status file: a JSON array in libvirt's record format (schema/lease-status.schema.json), laid
/// out in one way only, which is that of libvirt's helper, so that a record can be found and replaced without
/// reading the others.

/// The text of a file without leases.
inline constexpr std::string_view kEmptyStatus = "[]\n";

/// The text of a whole file, in the order given.
std::string status_text(const std::vector<Lease>& leases);

/// The pieces of a file's new text, in order; they point into the old one and into `record`.
using TextPieces = std::vector<std::string_view>;

/// Seconds since 1970 with nine digits after the point, as `last-change` is in a record.
std::string decimal_time(ChangeTime time);

/// The text of one record, as it stands in a file: in that of the state directory if `lease.source` is empty,
/// else in libvirt's, which has refused names like the others.
std::string record_text(const Lease& lease);

/// The text of a file without the records of `removed`, if one is given, and with `record` at its end, if it
/// is not empty. `text` may be any JSON array: its other elements keep their bytes, whether they are records
/// or not. Nothing if it is not such an array: then it has to be written anew.
std::optional<TextPieces> edit_status_text(std::string_view text, const std::optional<IpAddress>& removed,
                                           std::string_view record);

/// The same for several addresses, and no new record.
std::optional<TextPieces> remove_records(std::string_view text, std::vector<IpAddress> removed);

/// Whether there may be a record of an address in a text, whatever is wrong with it. It is not if this says
/// no.
bool may_hold_record(std::string_view text, const IpAddress& address);

}  // namespace leases
