#pragma once

#include "dnsmasq/process.h"

namespace leases {

/// If the dnsmasq that runs this program does not report renewals (it has neither script-on-renewal nor
/// leasefile-ro), logs which line is missing and in which file. Logs nothing if dnsmasq's configuration
/// cannot be read. Reads other programs' files, so do not call it under the store's lock. Once for each start
/// of dnsmasq is enough.
void warn_of_unreported_renewals(const CallingDnsmasq& caller);

}  // namespace leases
