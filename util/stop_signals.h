#pragma once

#include "util/file.h"

namespace leases {

/// Blocks SIGTERM and SIGINT, for a program that runs until it is told to end and must not end in the middle
/// of its work. The descriptor (signalfd(2)) is readable once one of them has come. Throws Error.
FileDescriptor stop_signals();

}  // namespace leases
