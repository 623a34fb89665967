#pragma once

#include "cli/verbs/verb.h"

namespace leases::cli {

/// `leasectl list`: the leases of the networks named, of all if none is. kNotFound if a network does not
/// exist.
Verb list_verb(Command leasectl);

}  // namespace leases::cli
