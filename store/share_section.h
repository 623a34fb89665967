#pragma once

#include <toml++/toml.h>

#include <functional>
#include <string>

#include "store/share_settings.h"

namespace leases {

/// Takes what is wrong at a place in the file, as a sentence without an end.
using ReportAt = std::function<void(const toml::source_region& where, const std::string& what)>;

/// Reads the [share] section. A key that is wrong has its default.
ShareSettings read_share(const toml::node& node, const ReportAt& report);

}  // namespace leases
