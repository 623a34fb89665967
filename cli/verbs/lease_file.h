#pragma once

#include "cli/verbs/verb.h"

namespace leases::cli {

/// `leasectl lease-file take` and `give`: between dnsmasq's own lease file and leasefile-ro, either way,
/// without a lease that dnsmasq would not know afterwards. kNotFound if a dnsmasq runs that would not let it
/// be so.
Verb lease_file_verb(Command leasectl);

}  // namespace leases::cli
