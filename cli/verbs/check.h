#pragma once

#include <string>

#include "cli/verbs/verb.h"

namespace leases::cli {

/// `leasectl check`: why a name does not resolve. kFound if all is well, else kNotFound.
/// `config` is what --config is given, and has to be there as long as the verb.
Verb check_verb(Command leasectl, const std::string& config);

}  // namespace leases::cli
