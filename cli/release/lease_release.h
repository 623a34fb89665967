#pragma once

#include <chrono>
#include <vector>

#include "common/lease.h"
#include "store/settings.h"

namespace leases::cli {

/// Whether none of some leases is a client's for the address that it has with this one.
bool has_ended(const Lease& lease, const std::vector<Lease>& present);

/// Makes dnsmasq end leases, by sending it what their clients would send, and waits for their ends, for at
/// most `patience` in all. Returns those that have not ended, after it has logged why. `present` are all
/// leases, which show the interfaces of a network. If one of them cannot be released, none is: throws Error.
std::vector<Lease> release_leases(const Settings& settings, const std::vector<Lease>& leases,
                                  const std::vector<Lease>& present, std::chrono::seconds patience);

}  // namespace leases::cli
