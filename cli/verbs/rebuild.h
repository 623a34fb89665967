#pragma once

#include "cli/verbs/verb.h"

namespace leases::cli {

/// `leasectl rebuild`: makes the index anew from the status files.
Verb rebuild_verb(Command leasectl);

}  // namespace leases::cli
