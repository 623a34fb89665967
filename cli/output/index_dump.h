#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include <nlohmann/json.hpp>

#include "common/host_index.h"

namespace leases::cli {

/// Takes each row of a dump: an object of schema/index-dump.schema.json. Its texts are bytes of the index and
/// may be anything.
using DumpRow = std::function<void(const nlohmann::ordered_json&)>;

/// Decodes the bytes of an index, which may be anything, row by row: the header, then snapshot and overlay,
/// for each its names, leases, sources and guests in the order they are stored. A row's `damaged` names the
/// values that cannot be right. No rows on a fault.
IndexFault dump_index(std::span<const std::byte> file, const DumpRow& print);

}  // namespace leases::cli
