#pragma once

#include "cli/verbs/verb.h"

namespace leases::cli {

/// `leasectl lookup`: the leases of a host name (as the NSS module answers it), an IP address or a MAC
/// address.
Verb lookup_verb(Command leasectl);

}  // namespace leases::cli
