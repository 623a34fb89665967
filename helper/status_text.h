#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/address.h"
#include "common/lease.h"

namespace leases {

/// The text of a status file: a JSON array in libvirt's record format (schema/lease-status.schema.json), laid
/// out in one way only, so that a record can be found and replaced without reading the others.

/// The text of a file without leases.
inline constexpr std::string_view kEmptyStatus = "[]\n";

/// The text of a whole file, in the order given.
std::string status_text(const std::vector<Lease>& leases);

/// The pieces of a file's new text, in order; they point into the old one and into `record`.
using TextPieces = std::vector<std::string_view>;

/// The text of one record, as it stands in a file.
std::string record_text(const Lease& lease);

/// The text of a file without the record of `removed`, if one is given, and with `record` at its end, if it
/// is not empty. Nothing if `text` is not laid out as status_text does it or holds no such record: then it
/// has to be written anew.
std::optional<TextPieces> edit_status_text(std::string_view text, const std::optional<IpAddress>& removed,
                                           std::string_view record);

}  // namespace leases
