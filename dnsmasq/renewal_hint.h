#pragma once

#include "dnsmasq/process.h"

namespace leases {

/// Says in dnsmasq's log which line is missing where, if the dnsmasq that runs this program does not report
/// renewals: it has neither script-on-renewal nor leasefile-ro. Says nothing if its configuration cannot be
/// read. Reads other programs' files, so do not call it under the store's lock. Once for each start of
/// dnsmasq is often enough.
void warn_of_untold_renewals(const CallingDnsmasq& caller);

}  // namespace leases
