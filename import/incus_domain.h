#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace leases {

/// The domain that Incus or LXD gave the dnsmasq of a network (its dns.domain, `incus` or `lxd` unless an
/// administrator set another), found by the path of its lease file, NETWORK/dnsmasq.leases: the file
/// dnsmasq.pid beside it has the command line, whose option `-s` names the domain. Empty if there is none, or
/// the path is not of such a network; nothing if that cannot be told now, as while a network is restarted or
/// the files cannot be read.
std::optional<std::string> incus_domain(const std::string& lease_file);

/// The path of that dnsmasq.pid; empty if the path of the lease file, or the pattern, is not Incus' or LXD's.
std::string incus_process_file(const std::string& lease_file);

/// What a dnsmasq.pid says: YAML with the arguments as a list, on one line or one for each, and after them
/// the process. Empty if no domain is among them; nothing if the text is not that.
std::optional<std::string> domain_in_process_file(std::string_view text);

}  // namespace leases
