#pragma once

#include <string>

namespace leases {

/// Whether the dnsmasq that this process is a script of has ended. Its events go on after it: a child of its
/// own calls the script for all that were queued. False if no such process is among the callers.
bool calling_dnsmasq_has_ended();

/// The file that it was started with as its configuration (--conf-file=), or nothing.
std::string configuration_of_calling_dnsmasq();

}  // namespace leases
