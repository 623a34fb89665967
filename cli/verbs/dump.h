#pragma once

#include "cli/verbs/verb.h"

namespace leases::cli {

/// `leasectl dump`: the index decoded, for debugging. kFailure if it is none.
Verb dump_verb(Command leasectl);

}  // namespace leases::cli
