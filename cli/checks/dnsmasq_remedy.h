#pragma once

#include <string>
#include <vector>

#include "cli/checks/context.h"
#include "dnsmasq/options.h"

namespace leases::cli {

// Shell commands that change what dnsmasq is told (dnsmasq(8)). Empty where there is no file to change.

/// The file to which a dhcp-script is added: one of the system's directory, if that is read, else the first
/// configuration file. Empty if dnsmasq has its command line alone.
std::string file_for_script(const CheckContext& context, const DnsmasqOptions& options);

/// The file to which script-on-renewal is added: that which has the dhcp-script, if it is in one.
std::string file_for_renewals(const CheckContext& context, const DnsmasqOptions& options);

/// Adds dhcp-script, and script-on-renewal unless renewals are told already.
std::string adding_script(const CheckContext& context, const DnsmasqOptions& options);

/// Adds script-on-renewal.
std::string adding_renewals(const CheckContext& context, const DnsmasqOptions& options);

/// Replaces the dhcp-script: dnsmasq does not start with two of them.
std::string replacing_script(const DnsmasqOptions& options);

}  // namespace leases::cli
