#pragma once

#include "cli/verbs/verb.h"

namespace leases::cli {

/// `leasectl libvirt-helper`: puts our helper in the place of libvirt's, or libvirt's back.
Verb libvirt_helper_verb(Command leasectl);

}  // namespace leases::cli
