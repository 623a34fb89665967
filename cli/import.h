#pragma once

#include "cli/verb.h"

namespace leases::cli {

/// `leasectl import`: brings the index up to date with the files that have changed, once or for ever.
Verb import_verb(CLI::App& app);

}  // namespace leases::cli
