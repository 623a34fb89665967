#pragma once

#include <string>
#include <vector>

#include "common/lease.h"
#include "store/index_reader.h"
#include "store/settings.h"

namespace leases::cli {

/// The leases that have not expired of a host or guest name (those that the NSS module answers and older ones
/// of the same machines, most recent first), a refused host name with its network, an IP address, a MAC
/// address, a client identifier or a DUID, in any spelling (typed_address.h). Their texts are the reader's.
std::vector<Lease> leases_of(const IndexReader& reader, const std::string& subject);

/// The same, also of a name as TypedNames takes it. Logs what is wrong with a name that no host can have.
std::vector<Lease> leases_typed(const IndexReader& reader, const Settings& settings,
                                const std::string& subject);

/// The leases of one hardware address that have not expired, without reservations, as
/// IndexReader::live_leases() sorts them. Those of DHCPv6 whose client's is known otherwise (ClientHardware)
/// are among them.
std::vector<Lease> leases_of_hardware(const IndexReader& reader, const HardwareAddress& hardware);

/// The leases of a guest of a MAC map that have not expired, in any case of letters, as
/// IndexReader::live_leases() sorts them.
std::vector<Lease> leases_of_guest(const IndexReader& reader, const std::string& name);

}  // namespace leases::cli
