#include "cli/command_line/root_only.h"

#include <unistd.h>

namespace leases::cli {

void require_root(const std::string& command) {
  if (::geteuid() != 0) throw Error(command + ": only root may do this; run: sudo leasectl " + command);
}

Error denied_without_root(const std::string& command, const Error& error) {
  if (::geteuid() == 0 || !is_denial(error.error())) return error;
  return error.with_advice("run it as root: sudo leasectl " + command);
}

}  // namespace leases::cli
