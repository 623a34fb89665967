#include "cli/command_line/root_only.h"

#include <unistd.h>

#include "util/file.h"

namespace leases::cli {

void require_root(const std::string& command) {
  if (::geteuid() != 0) throw Error(command + ": only root may do this; run: sudo leasectl " + command);
}

}  // namespace leases::cli
