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
                 std::vector<HelperUser>& users, Findings& unread) {
  for (const std::string& problem : options.unread())
    unread.unknown(std::string(name).append(": ").append(problem));
  const std::string& script = options.script();
  if (script.empty() || script == context.libvirt_helper) return;
  const ScriptKind kind = kind_of(context, script);
  if (kind != ScriptKind::helper && kind != ScriptKind::runs_helper) return;
  users.push_back(
      {name, options.script_file(), options.leases_are_with_script() ? std::string() : options.lease_file()});
}

}  // namespace

std::vector<HelperUser> helper_users(const CheckContext& context, Findings& strangers, Findings& unread) {
  std::vector<HelperUser> users;
  const std::vector<Server> running = servers(context, strangers);
  for (const Server& server : running) add_if_user(context, server.name(), server.options, users, unread);
  // Another dnsmasq may read the service's main file, but Debian's start alone adds the directory.
  const bool service_runs = std::ranges::any_of(running, [&](const Server& server) {
    return server.options.main_file() == context.dnsmasq_file &&
           server.options.would_read(context.dnsmasq_directory, "any.conf");
  });
  // The files may outlive the program.
  std::error_code error;
  if (!service_runs && std::filesystem::exists(context.dnsmasq_program, error))
    add_if_user(context, "dnsmasq (not running)", options_in_files(context), users, unread);
  return users;
}

}  // namespace leases::cli
