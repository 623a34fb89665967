#pragma once

#include <sys/types.h>

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace leases::cli {

/// What of dnsmasq's options matters here, from its command line and the files that this names (dnsmasq(8)).
class DnsmasqOptions {
 public:
  /// `arguments` with the program's name; `default_file` is read unless they name another.
  DnsmasqOptions(const std::vector<std::string>& arguments, const std::string& default_file);

  [[nodiscard]] bool serves_dhcp() const { return serves_dhcp_; }
  /// The path of dhcp-script; empty if there is none.
  [[nodiscard]] const std::string& script() const { return script_; }
  /// The file in which dhcp-script stands; empty for the command line.
  [[nodiscard]] const std::string& script_file() const { return script_file_; }
  /// The user whom dnsmasq runs the script as: root, if dhcp-scriptuser does not name another.
  [[nodiscard]] const std::string& script_user() const { return script_user_; }
  /// dnsmasq's own lease file.
  [[nodiscard]] const std::string& lease_file() const { return lease_file_; }
  /// Whether another configuration file was named than the default.
  [[nodiscard]] bool has_own_file() const { return has_own_file_; }
  /// The first configuration file.
  [[nodiscard]] const std::string& main_file() const { return main_file_; }
  /// Whether all files of a directory are read.
  [[nodiscard]] bool reads_directory(std::string_view path) const;
  /// What could not be read, and why, a sentence each.
  [[nodiscard]] const std::vector<std::string>& unread() const { return unread_; }

 private:
  void read_arguments(const std::vector<std::string>& arguments);
  /// Takes one option, of which `file` says where it stands: empty for the command line.
  void set(std::string_view name, std::string_view value, const std::string& file);
  void read_file(const std::string& path);
  /// Whether one more file or directory may be read: they can name each other without end.
  bool may_read_more();
  /// "path" or "path,suffix…".
  void read_directory(std::string_view value);

  bool serves_dhcp_ = false;
  bool has_own_file_ = false;
  std::string script_;
  std::string script_file_;
  std::string script_user_ = "root";
  std::string lease_file_ = "/var/lib/misc/dnsmasq.leases";
  std::string main_file_;
  std::vector<std::string> directories_;
  std::vector<std::string> unread_;
  std::set<std::pair<dev_t, ino_t>> files_;  ///< that were read: dnsmasq, too, reads each once
  std::size_t reads_ = 0;
};

}  // namespace leases::cli
