#pragma once

#include <string>
#include <string_view>

namespace leases::cli {

/// The last 64 KiB of the log that libvirt keeps of a QEMU domain, with a name as libvirt allows it: without
/// a slash. `directory`: that of the logs, for the system's libvirt /var/log/libvirt/qemu. Throws Error if
/// the log cannot be read.
std::string log_end_of_domain(const std::string& directory, const std::string& domain);

/// Why a domain stopped last, as its log says: a word of virDomainShutoffReason, as "destroyed". libvirt
/// writes it before it calls a hook. Empty if the log does not say.
std::string_view stop_reason(std::string_view log);

/// Whether a domain that stopped for this reason has lost its memory, and its addresses with it. One that was
/// saved, migrated or reverted to a snapshot goes on with them; one that failed to start may have been about
/// to.
bool has_ended_for_good(std::string_view reason);

}  // namespace leases::cli
