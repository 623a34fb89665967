#pragma once

#include <string>
#include <vector>

#include "cli/checks/name_services.h"
#include "dnsmasq/options.h"
#include "dnsmasq/process.h"
#include "paths.h"
#include "store/settings.h"

namespace leases::cli {

/// Everything that the checks look at: the settings of nss-leases, the places of this host's files, and the
/// services that it asks for names. No check knows another place.
struct CheckContext {
  const Settings& settings;
  std::string configuration;  ///< the file that they were read from

  std::string standard_state = paths::kStateDirectory;  ///< the state directory without a configuration
  std::string helper = paths::kHelper;                  ///< leases-import is beside it
  std::string leasectl = paths::kLeasectl;
  std::string libvirt_helper = paths::kLibvirtHelper;
  std::string module = paths::kModule;                    ///< where it is installed
  std::string module_name = "libnss_leases.so.2";         ///< by which glibc loads it
  std::string module_runtime = paths::kRuntimeDirectory;  ///< where it looks for the index

  std::string nsswitch = "/etc/nsswitch.conf";
  std::string hosts = "/etc/hosts";
  std::string resolv_conf = "/etc/resolv.conf";
  std::string resolved = "/usr/lib/systemd/systemd-resolved";
  std::string hook = "/run/systemd/resolve.hook/nss-leases";  ///< of leases-resolve
  /// There if systemd is to start that at the boot (systemctl enable).
  std::string hook_wanted = "/etc/systemd/system/sockets.target.wants/leases-resolve.socket";
  /// Where units are that are there after a boot, too, and the links to those that it starts
  /// (systemd.unit(5)).
  std::vector<std::string> unit_directories = {"/etc/systemd/system", "/usr/local/lib/systemd/system",
                                               "/usr/lib/systemd/system"};
  std::string nscd = "/etc/nscd.conf";
  std::string loader = "/etc/ld.so.conf";  ///< the directories in which it looks for libraries (ldconfig(8))
  std::string ldconfig = "/sbin/ldconfig";
  std::string passwd = "/etc/passwd";
  std::string proc = "/proc";
  std::string network_namespaces = kNetworkNamespaces;
  std::string sys = "/sys";
  std::string systemd = "/run/systemd/system";  ///< a directory if systemd runs (sd_booted(3))
  std::string dnsmasq_program = "/usr/sbin/dnsmasq";
  std::string dnsmasq_file = kDnsmasqFile;
  std::string dnsmasq_directory = "/etc/dnsmasq.d";
  /// Of the system's service: one of them is there where dnsmasq is installed as such (systemd.unit(5)).
  std::vector<std::string> dnsmasq_units = {"/etc/systemd/system/dnsmasq.service",
                                            "/run/systemd/system/dnsmasq.service",
                                            "/usr/lib/systemd/system/dnsmasq.service",
                                            "/lib/systemd/system/dnsmasq.service", "/etc/init.d/dnsmasq"};
  std::string dnsmasq_defaults = "/etc/default/dnsmasq";  ///< of Debian's service
  std::string apparmor_enabled = "/sys/module/apparmor/parameters/enabled";
  std::string apparmor_profiles = "/sys/kernel/security/apparmor/profiles";
  std::string apparmor_directory = "/etc/apparmor.d";
  std::string kernel_log = "/dev/kmsg";

  NameServices services{};
};

}  // namespace leases::cli
