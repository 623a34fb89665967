#pragma once

#include <string>
#include <vector>

#include "common/lease.h"
#include "store/index_reader.h"

namespace leases::cli {

/// The leases that have not expired of a host or guest name (those that the NSS module answers and older ones
/// of the same machines, most recent first), a refused host name with its network, an IP address or a MAC
/// address. Their texts are the reader's.
std::vector<Lease> leases_of(const IndexReader& reader, const std::string& subject);

}  // namespace leases::cli
