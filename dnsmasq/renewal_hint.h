#pragma once

#include "dnsmasq/process.h"

namespace leases {

/// Says in dnsmasq's log which line is missing where, if the dnsmasq that runs this program tells of no
/// renewals: it has neither script-on-renewal nor leasefile-ro. Says nothing if what that dnsmasq was told
/// cannot be read. Reads files of others, so it is nothing to do under the store's lock. Once for each start
/// of dnsmasq is often enough.
void warn_of_untold_renewals(const CallingDnsmasq& caller);

}  // namespace leases
