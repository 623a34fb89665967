#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "common/hardware_address.h"
#include "common/time.h"
#include "import/isc_statement.h"

namespace leases {

/// The time of a statement such as `ends 4 2026/11/26 12:00:00;` (UTC), `ends epoch 1795694400;` or
/// `ends never;`, which is 0.
std::optional<ExpiryTime> isc_time(const IscStatement& statement);

/// The address of `hardware ethernet 52:54:00:12:34:56;`.
std::optional<HardwareAddress> isc_hardware(const IscStatement& statement);

/// The bytes of a text in quotes, or of one or two hex digits each with a colon between, as with
/// lease-id-format hex; nothing if they are neither, or more than `most`.
std::optional<std::string> isc_bytes(const IscStatement::Word& word, std::size_t most);

}  // namespace leases
