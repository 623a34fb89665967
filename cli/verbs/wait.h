#pragma once

#include "cli/verbs/verb.h"

namespace leases::cli {

/// `leasectl wait`: returns when names have leases, and if asked for when their machines accept a TCP
/// connection. kNotFound if that takes too long.
Verb wait_verb(Command leasectl);

}  // namespace leases::cli
