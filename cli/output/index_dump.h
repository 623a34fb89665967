#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include <nlohmann/json.hpp>

#include "common/host_index.h"

namespace leases::cli {

/// What is called with each row of a dump: an object of schema/index-dump.schema.json. Its texts are the
/// index's own, any bytes.
using DumpRow = std::function<void(const nlohmann::ordered_json&)>;

/// Decodes the bytes of an index, which begin at a multiple of layout::kAlignment and may be anything, row by
/// row: the header, then snapshot and overlay, of each the names, the leases and the networks in the order
/// they are stored. What cannot be right is named in a row's `damaged`. No rows on a fault.
IndexFault dump_index(std::span<const std::byte> file, const DumpRow& print);

}  // namespace leases::cli
