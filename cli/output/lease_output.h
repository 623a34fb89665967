#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "cli/output/lease_form.h"
#include "cli/output/text_style.h"
#include "common/lease.h"
#include "util/local_subnets.h"

namespace leases::cli {

/// Prints leases to standard output, in the order given: as a table with the columns of
/// `virsh net-dhcp-leases`, the network and, if there are any, the guests, of which a terminal shows those
/// that fit; or as a JSON array (schema/lease-list.schema.json) with the keys of the status files, `network`
/// and, if an interface of this host has that subnet, `prefix-length`; or as `form` says. Throws Error.
void print_leases(const std::vector<Lease>& leases, const OutputOptions& options, const LeaseForm& form = {});

/// The name of a lease for a person: its own, or else its guest's, or else "refused:NAME", or "-".
std::string shown_name(const Lease& lease);

/// One lease for a list or a message: network, address, shown_name(), hardware address or "-".
std::string one_line(const Lease& lease);

/// One lease as an object of that array.
nlohmann::ordered_json json_of(const Lease& lease, const LocalSubnets& subnets);

}  // namespace leases::cli
