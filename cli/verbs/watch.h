#pragma once

#include "cli/verbs/verb.h"

namespace leases::cli {

/// `leasectl watch`: prints what happens to leases, as it happens, until it is ended.
Verb watch_verb(Command leasectl);

}  // namespace leases::cli
