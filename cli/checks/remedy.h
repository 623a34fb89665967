#pragma once

#include <string>
#include <string_view>

#include "cli/checks/context.h"
#include "paths.h"
#include "util/words.h"

namespace leases::cli {

inline constexpr const char* kRestartDnsmasq = "systemctl restart dnsmasq";

/// Installs what is missing or damaged once more; empty where nss-leases was not installed from its source,
/// or that is not known any more.
std::string install_command(const CheckContext& context);

/// The same after another command, which makes room for it; never that command alone.
std::string install_after(const std::string& command, const CheckContext& context);

/// The advice where there is no command.
std::string install_advice(const CheckContext& context);

/// A command line of leasectl that reads the configuration that was read here.
inline std::string leasectl(const CheckContext& context, std::string_view arguments) {
  std::string command = "leasectl ";
  if (context.configuration != paths::kConfig)
    command += "--config " + shell_word(context.configuration) + ' ';
  return command.append(arguments);
}

inline std::string rebuild_command(const CheckContext& context) {
  return leasectl(context, "rebuild");
}

}  // namespace leases::cli
