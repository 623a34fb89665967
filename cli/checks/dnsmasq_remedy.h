#pragma once

#include <string>
#include <vector>

#include "cli/checks/context.h"
#include "dnsmasq/options.h"

namespace leases::cli {

// Shell commands that change dnsmasq's configuration (dnsmasq(8)). Empty where there is no file to change.

/// The file to which a dhcp-script is added: one in the system's directory, if dnsmasq reads that, else the
/// first configuration file. Empty if dnsmasq has only its command line.
std::string file_for_script(const CheckContext& context, const DnsmasqOptions& options);

/// The file to which script-on-renewal is added: the one with the dhcp-script, if there is one.
std::string file_for_renewals(const CheckContext& context, const DnsmasqOptions& options);

/// Adds dhcp-script, and script-on-renewal unless the script already runs on renewals.
std::string adding_script(const CheckContext& context, const DnsmasqOptions& options);

/// Adds script-on-renewal.
std::string adding_renewals(const CheckContext& context, const DnsmasqOptions& options);

/// Replaces the dhcp-script: dnsmasq does not start with two of them.
std::string replacing_script(const CheckContext& context, const DnsmasqOptions& options);

/// For a dnsmasq whose configuration another program writes (Incus, LXD, NetworkManager), which is known by
/// its lease file: reads that file as a source (nss-leases.conf(5)). Empty for any other.
std::string adding_source(const CheckContext& context, const DnsmasqOptions& options);

/// "add the line script-on-renewal to FILE"
std::string renewals_advice(const CheckContext& context, const DnsmasqOptions& options);

/// How an administrator's own script runs the helper.
std::string calling_advice(const CheckContext& context, const std::string& script);

}  // namespace leases::cli
