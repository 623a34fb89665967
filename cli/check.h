#pragma once

#include "cli/verb.h"

namespace leases::cli {

/// `leasectl check`: why a name does not resolve. kFound if all is well, else kNotFound.
Verb check_verb(CLI::App& app);

}  // namespace leases::cli
