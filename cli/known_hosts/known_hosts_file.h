#pragma once

#include <optional>
#include <string>

namespace leases::cli {

/// A known_hosts file, searched and changed by ssh-keygen(1).
class KnownHostsFile {
 public:
  /// The file must exist. A symbolic link stays one: what it leads to is changed. Throws Error.
  explicit KnownHostsFile(std::string path);

  /// The path as the user gave it.
  [[nodiscard]] const std::string& path() const { return path_; }
  /// The path without symbolic links.
  [[nodiscard]] const std::string& target() const { return target_; }

  /// The output of ssh-keygen -F without marked lines (unmarked_lines()); empty if there are no others.
  /// Throws Error.
  [[nodiscard]] std::string find(const std::string& host) const;
  /// Removes a host's lines except those with a marker. However many hosts this object removes, TARGET.old
  /// has the file as it was before the first. Throws Error.
  void remove(const std::string& host);

 private:
  std::string path_;
  std::string target_;
  std::optional<std::string> original_;  ///< the file's text before the first removal
};

}  // namespace leases::cli
