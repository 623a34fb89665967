#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "resolve/dns_name.h"

namespace leases::resolve {

/// A resource record of class IN in wire format, with nothing compressed (RFC 1035, 3.2.1). `ttl` is in
/// seconds, `data` at most 65535 bytes.
std::string resource_record(const DnsName& owner, std::uint16_t type, std::int32_t ttl,
                            std::string_view data);

/// RFC 4648, 4.
std::string base64(std::string_view bytes);

}  // namespace leases::resolve
