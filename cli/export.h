#pragma once

#include "cli/verb.h"

namespace leases::cli {

/// `leasectl export`: the hosts and networks in the form that another program reads.
Verb export_verb(Command leasectl);

}  // namespace leases::cli
