#pragma once

#include <string_view>

/// The keys of a record in a status file (schema/lease-status.schema.json).
namespace leases::status_keys {

inline constexpr std::string_view kIaid = "iaid";
inline constexpr std::string_view kAddress = "ip-address";
inline constexpr std::string_view kHardware = "mac-address";
inline constexpr std::string_view kHostname = "hostname";
inline constexpr std::string_view kClientId = "client-id";
inline constexpr std::string_view kServerDuid = "server-duid";
inline constexpr std::string_view kExpiry = "expiry-time";
inline constexpr std::string_view kRefusedHostname = "refused-hostname";
inline constexpr std::string_view kDomain = "domain";
inline constexpr std::string_view kLastChange = "last-change";
inline constexpr std::string_view kGuest = "guest";  ///< in a file of another host only

}  // namespace leases::status_keys
