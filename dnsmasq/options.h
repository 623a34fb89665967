#pragma once

#include <sys/types.h>

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace leases {

/// The configuration file that dnsmasq reads unless it is given another.
inline constexpr const char* kDnsmasqFile = "/etc/dnsmasq.conf";

/// The value of an option that dnsmasq takes once. A configuration file overrides the command line.
class DnsmasqValue {
 public:
  explicit DnsmasqValue(std::string text = {}) : text_(std::move(text)) {}

  /// Takes a value from `file`; empty: from the command line.
  void offer(std::string_view text, const std::string& file);

  /// Without quotes.
  [[nodiscard]] const std::string& text() const { return text_; }
  /// The file in which it stands; empty for the command line.
  [[nodiscard]] const std::string& file() const { return file_; }

 private:
  std::string text_;
  std::string file_;
};

/// The options of dnsmasq that matter here, from its command line and configuration files (dnsmasq(8)).
class DnsmasqOptions {
 public:
  /// `arguments` with the program's name; `default_file` is read unless they name another.
  DnsmasqOptions(const std::vector<std::string>& arguments, const std::string& default_file);

  [[nodiscard]] bool serves_dhcp() const { return serves_dhcp_; }
  /// The path of dhcp-script; empty if there is none.
  [[nodiscard]] const std::string& script() const { return script_.text(); }
  /// The file in which dhcp-script stands; empty for the command line.
  [[nodiscard]] const std::string& script_file() const { return script_.file(); }
  /// Whether the script is called when a lease is renewed: script-on-renewal, or leasefile-ro.
  [[nodiscard]] bool reports_renewals() const { return reports_renewals_; }
  /// The file in which script-on-renewal or leasefile-ro stands; empty for the command line, or if neither
  /// does.
  [[nodiscard]] const std::string& renewals_file() const { return renewals_file_; }
  /// The user that dnsmasq runs the script as: root, if dhcp-scriptuser does not name another.
  [[nodiscard]] const std::string& script_user() const { return script_user_.text(); }
  /// With leasefile-ro, dnsmasq writes no lease file: its script alone keeps its leases.
  [[nodiscard]] bool leases_are_with_script() const { return leases_are_with_script_; }
  /// dnsmasq's own lease file.
  [[nodiscard]] const std::string& lease_file() const { return lease_file_.text(); }
  /// How many leases it takes at most (dhcp-lease-max), as written.
  [[nodiscard]] const std::string& lease_limit() const { return lease_limit_.text(); }
  /// The file in which that stands; empty for the command line, or dnsmasq's default.
  [[nodiscard]] const std::string& lease_limit_file() const { return lease_limit_.file(); }
  /// Whether a configuration file other than the default was named.
  [[nodiscard]] bool has_own_file() const { return has_own_file_; }
  /// The first configuration file.
  [[nodiscard]] const std::string& main_file() const { return main_file_; }
  /// Whether a file of this name would be read if it were in this directory.
  [[nodiscard]] bool would_read(std::string_view directory, const std::string& name) const;
  /// The files that could not be read, and why: a sentence each.
  [[nodiscard]] const std::vector<std::string>& unread() const { return unread_; }

 private:
  void read_arguments(const std::vector<std::string>& arguments);
  /// Takes one option from `file`; empty: from the command line.
  void set(std::string_view name, std::string_view value, const std::string& file);
  void read_conf_file(const std::string& path, bool on_command_line);
  void read_file(const std::string& path);
  /// False if a path is not absolute, which is noted.
  bool is_absolute(const std::string& path);
  /// Whether one more file or directory may be read: they can name each other endlessly.
  bool may_read_more();
  void read_directory(std::string_view value);

  /// A conf-dir: "path" or "path,suffix…".
  struct ConfDirectory {
    std::string path;
    std::vector<std::string> suffixes;
  };

  bool serves_dhcp_ = false;
  bool has_own_file_ = false;
  bool reports_renewals_ = false;
  bool leases_are_with_script_ = false;
  DnsmasqValue script_;
  DnsmasqValue script_user_{"root"};
  DnsmasqValue lease_file_{"/var/lib/misc/dnsmasq.leases"};
  DnsmasqValue lease_limit_{"1000"};
  std::string renewals_file_;
  std::string main_file_;
  std::vector<ConfDirectory> directories_;
  std::vector<std::string> unread_;
  std::set<std::pair<dev_t, ino_t>> files_;  ///< already read: like dnsmasq, this reads each once
  std::size_t reads_ = 0;
};

}  // namespace leases
