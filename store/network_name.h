#pragma once

#include <string>
#include <string_view>

namespace leases {

/// Whether text can name a network: it becomes part of a file's name and of host names. Interface names as
/// people give them: at most 63 letters, digits and ._-:@+%, the first a letter, a digit or an underscore.
bool is_network_name(std::string_view text);

/// What the index calls a network of another host: HOST:NETWORK (common/shared_network.h). Empty if that
/// cannot be: the host's name is a host label in lower case, and both together are a network's name.
std::string shared_network_name(std::string_view host, std::string_view network);

/// The network of a lease if dnsmasq does not name its interface and its address gives no hint.
inline constexpr std::string_view kUnknownNetwork = "unknown";

}  // namespace leases
