#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/address.h"
#include "common/lease.h"

namespace leases {

/// The text of a status file: a JSON array in libvirt's record format (schema/lease-status.schema.json),
/// always laid out as libvirt's helper does it, so that a record can be found and replaced without parsing
/// the others.

/// The text of a file without leases.
inline constexpr std::string_view kEmptyStatus = "[]\n";

/// The text of a whole file, in the order given.
std::string status_text(const std::vector<Lease>& leases);

/// The pieces of a file's new text, in order; they point into the old one and into `record`.
using TextPieces = std::vector<std::string_view>;

/// Seconds since 1970 with nine digits after the point, as `last-change` is in a record.
std::string decimal_time(ChangeTime time);

/// The text of one record in a file: in the state directory if `lease.source` is empty, else in libvirt's
/// file, which has refused names like the others.
std::string record_text(const Lease& lease);

/// The text of a file without the records of `removed`, if one is given, and with `record` at its end, if it
/// is not empty. `text` may be any JSON array: its other elements keep their bytes, whether they are records
/// or not. Nothing if it is not an array: then the file has to be written from scratch.
std::optional<TextPieces> edit_status_text(std::string_view text, const std::optional<IpAddress>& removed,
                                           std::string_view record);

/// The same for several addresses, and no new record.
std::optional<TextPieces> remove_records(std::string_view text, std::vector<IpAddress> removed);

/// Whether a text may have a record of an address, even a broken one. If this is false, it has none.
bool may_hold_record(std::string_view text, const IpAddress& address);

}  // namespace leases
