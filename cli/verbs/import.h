#pragma once

#include <string>

#include "cli/verbs/verb.h"

namespace leases::cli {

/// `leasectl import`: brings the index up to date with the files that have changed, once or for ever.
/// `config` is what --config is given, and has to be there as long as the verb.
Verb import_verb(Command leasectl, const std::string& config);

}  // namespace leases::cli
