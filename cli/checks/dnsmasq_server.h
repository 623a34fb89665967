#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/checks/context.h"
#include "cli/checks/finding.h"
#include "cli/checks/remedy.h"
#include "cli/checks/script_user.h"
#include "dnsmasq/options.h"
#include "util/processes.h"

namespace leases::cli {

/// A dnsmasq that is running, and its options.
struct Server {
  Process process;
  DnsmasqOptions options;
  bool certain;  ///< it is known to be dnsmasq; else none of its options becomes part of a command

  [[nodiscard]] std::string name() const { return "dnsmasq (process " + std::to_string(process.id) + ')'; }
  [[nodiscard]] std::string restart_command() const { return process.is_service ? kRestartDnsmasq : ""; }
  /// The advice where there is no command.
  [[nodiscard]] std::string restart_advice() const {
    return process.is_service ? "" : "; restart process " + std::to_string(process.id);
  }
};

/// Every dnsmasq of the system. A process that is called dnsmasq but may be any user's is left out and
/// reported.
std::vector<Server> servers(const CheckContext& context, Findings& findings);

/// Whether this start of a dnsmasq is known to have called the helper with its script as it is now, whatever
/// the script runs on the way. One that was changed since the start has, if a lease has changed since then in
/// a network that only this dnsmasq serves.
bool has_called_helper(const CheckContext& context, const Server& server);

/// A user with its group. Reads the file, since a lookup through NSS could wait for the very fault that is
/// looked for. Nothing if there is no such user.
std::optional<ScriptUser> user_of(const CheckContext& context, std::string_view name);

}  // namespace leases::cli
