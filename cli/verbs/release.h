#pragma once

#include "cli/verbs/verb.h"

namespace leases::cli {

/// `leasectl release`: makes dnsmasq end leases now, by sending it what their clients would send. kNotFound
/// if there are none, or it is not clear which are meant, or dnsmasq does not end them.
Verb release_verb(Command leasectl);

}  // namespace leases::cli
