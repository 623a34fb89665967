#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/address.h"
#include "common/lease.h"
#include "import/parsed_file.h"

namespace leases::share {

/// The longest value that is taken from another host: more than a record with every identifier at its
/// longest.
inline constexpr std::size_t kMaxRecord = 4096;

/// A lease as the value of its key: one record of a status file (schema/lease-status.schema.json) in one
/// line, and its guest's name.
std::string record_of(const Lease& lease);

/// Whether a value is the record of this address, and nothing else.
bool is_record_of(std::string_view value, const IpAddress& address);

/// A record in the text of a status file, with the name of its guest.
std::string shared_record_text(const Lease& lease);

}  // namespace leases::share
