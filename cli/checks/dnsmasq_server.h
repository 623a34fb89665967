#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/checks/context.h"
#include "cli/checks/finding.h"
#include "cli/checks/remedy.h"
#include "dnsmasq/options.h"
#include "util/processes.h"

namespace leases::cli {

/// A dnsmasq of the system, and what it was told.
struct Server {
  Process process;
  DnsmasqOptions options;
  bool certain;  ///< that it is dnsmasq; if not, nothing that it was told becomes part of a command

  [[nodiscard]] std::string name() const { return "dnsmasq (process " + std::to_string(process.id) + ')'; }
  [[nodiscard]] std::string restart_command() const { return process.is_service ? kRestartDnsmasq : ""; }
  /// What to do where there is no command.
  [[nodiscard]] std::string restart_advice() const {
    return process.is_service ? "" : "; restart process " + std::to_string(process.id);
  }
};

/// Those that run. What calls itself dnsmasq but may be anybody's is left out and reported.
std::vector<Server> servers(const CheckContext& context, Findings& findings);

/// By the file, since a lookup through NSS could wait for what is wrong with that. Nothing if it is not
/// there.
std::optional<uid_t> user_id(const CheckContext& context, std::string_view user);

}  // namespace leases::cli
