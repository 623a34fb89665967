#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/checks/context.h"
#include "dnsmasq/options.h"

namespace leases::cli {

enum class ScriptKind : std::uint8_t {
  helper,
  runs_helper,  ///< an administrator's own, which names the helper
  other,
  missing,
};

/// What a dhcp-script is. Not for libvirt's networks: there the helper has the path of libvirt's own.
ScriptKind kind_of(const CheckContext& context, const std::string& script);

/// What the system's service adds to dnsmasq's command line of options that matter here: with Debian's, the
/// directory that /etc/default/dnsmasq names.
std::vector<std::string> arguments_of_service(const CheckContext& context);

/// Why the system has no service of dnsmasq that could be started: the end of a sentence; empty if it has
/// one.
std::string wrong_with_service(const CheckContext& context);

/// Starts the system's service again, whichever program manages services here.
std::string restarting_service(const CheckContext& context);

/// The options of a dnsmasq that the system's service would start.
DnsmasqOptions options_in_files(const CheckContext& context);

}  // namespace leases::cli
