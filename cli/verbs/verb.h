#pragma once

#include <functional>

#include "cli/command_line/command_line.h"
#include "store/settings.h"

namespace leases::cli {

/// A verb of leasectl: what its command line looks like, and what it does.
struct Verb {
  Command command;
  /// Called when the command line is this verb's. Returns an ExitCode. Throws Error.
  std::function<int(const Settings&)> run;
};

}  // namespace leases::cli
