#pragma once

#include "cli/verbs/verb.h"

namespace leases::cli {

/// `leasectl known-hosts`: removes the ssh keys of addresses and names that have changed hands.
Verb known_hosts_verb(Command leasectl);

}  // namespace leases::cli
