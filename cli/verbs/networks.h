#pragma once

#include "cli/verbs/verb.h"

namespace leases::cli {

/// `leasectl networks`: the networks that have leases, or had some, and whether the index knows their status
/// files as they are.
Verb networks_verb(Command leasectl);

}  // namespace leases::cli
