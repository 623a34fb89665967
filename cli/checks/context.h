#pragma once

#include <string>

#include "dnsmasq/options.h"
#include "store/settings.h"

namespace leases::cli {

/// What is looked at: the settings of nss-leases, and where the system has its files.
struct CheckContext {
  const Settings& settings;
  std::string configuration;  ///< the file that they were read from
  std::string nsswitch = "/etc/nsswitch.conf";
  std::string nscd = "/etc/nscd.conf";
  std::string passwd = "/etc/passwd";
  std::string proc = "/proc";
  std::string dnsmasq_program = "/usr/sbin/dnsmasq";
  std::string dnsmasq_file = kDnsmasqFile;
  std::string dnsmasq_directory = "/etc/dnsmasq.d";
  std::string apparmor_enabled = "/sys/module/apparmor/parameters/enabled";
  std::string apparmor_profiles = "/sys/kernel/security/apparmor/profiles";
  std::string apparmor_directory = "/etc/apparmor.d";
  std::string kernel_log = "/dev/kmsg";
};

}  // namespace leases::cli
