#pragma once

#include "cli/verbs/verb.h"

namespace leases::cli {

/// `leasectl forget`: takes leases that nobody will ever end out of our own status files, or whole networks
/// with all that is kept of them. Asks no dnsmasq: for that, there is `release`. kNotFound if there is
/// nothing to forget under one of the words, or it is not clear what is meant, or a file of somebody else's
/// tells it.
Verb forget_verb(Command leasectl);

}  // namespace leases::cli
