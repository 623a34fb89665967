#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace leases::share {

/// Keys and values as etcd's JSON has them (RFC 4648, 4).
std::string base64_of(std::string_view bytes);

/// Nothing if the text is not base64.
std::optional<std::string> bytes_of_base64(std::string_view text);

}  // namespace leases::share
