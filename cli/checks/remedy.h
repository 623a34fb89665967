#pragma once

#include <string>
#include <string_view>

#include "cli/checks/context.h"
#include "paths.h"
#include "util/words.h"

namespace leases::cli {

inline constexpr const char* kInstall = "cmake --install build/install";
inline constexpr const char* kRestartDnsmasq = "systemctl restart dnsmasq";

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
