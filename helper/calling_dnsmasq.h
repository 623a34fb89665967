#pragma once

namespace leases {

/// Whether the dnsmasq that this process is a script of has ended. Its events go on after it: a child of its
/// own calls the script for all that were queued. False if no such process is among the callers.
bool calling_dnsmasq_has_ended();

}  // namespace leases
