#pragma once

#include "cli/verbs/verb.h"

namespace leases::cli {

/// `leasectl resolve`: answers many questions out of one state of the index, in the order they come.
/// kNotFound if any was not found.
Verb resolve_verb(Command leasectl);

}  // namespace leases::cli
