#pragma once

#include <string>

#include "cli/verb.h"

namespace leases::cli {

/// `leasectl import`: brings the index up to date with the files that have changed, once or for ever.
/// `config` is the value of --config, which is not known before the command line is read.
Verb import_verb(Command leasectl, const std::string& config);

}  // namespace leases::cli
