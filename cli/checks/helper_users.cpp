#include "cli/checks/helper_users.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "cli/checks/dnsmasq_script.h"
#include "cli/checks/dnsmasq_server.h"

namespace leases::cli {

namespace {

void add_if_user(const CheckContext& context, const std::string& name, const DnsmasqOptions& options,
                 std::vector<HelperUser>& users, Findings& findings) {
  for (const std::string& unread : options.unread())
    findings.unknown(std::string(name).append(": ").append(unread));
  const std::string& script = options.script();
  if (script.empty() || script == context.libvirt_helper) return;
  const ScriptKind kind = kind_of(context, script);
  if (kind != ScriptKind::helper && kind != ScriptKind::runs_helper) return;
  users.push_back(
      {name, options.script_file(), options.leases_are_with_script() ? std::string() : options.lease_file()});
}

}  // namespace

std::vector<HelperUser> helper_users(const CheckContext& context, Findings& findings) {
  std::vector<HelperUser> users;
  const std::vector<Server> running = servers(context, findings);
  for (const Server& server : running) add_if_user(context, server.name(), server.options, users, findings);
  const bool service_runs =
      std::ranges::any_of(running, [](const Server& server) { return server.process.is_service; });
  // The files may outlive the program.
  std::error_code error;
  if (!service_runs && std::filesystem::exists(context.dnsmasq_program, error))
    add_if_user(context, "dnsmasq (not running)", options_in_files(context), users, findings);
  return users;
}

}  // namespace leases::cli
