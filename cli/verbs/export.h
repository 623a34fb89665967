#pragma once

#include <sys/types.h>

#include "cli/verbs/verb.h"

namespace leases::cli {

/// `leasectl export`: the hosts and networks in the form that another program reads. A file that it makes has
/// the mode that this umask leaves, which is the user's: the process may have another.
Verb export_verb(Command leasectl, mode_t umask);

}  // namespace leases::cli
