#pragma once

#include <string>
#include <string_view>

namespace leases::test {

/// A new directory, removed with this object.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string path_of(std::string_view name) const { return path_ + '/' + std::string(name); }

 private:
  std::string path_;
};

/// Whole files. Both throw std::runtime_error.
std::string read_file(const std::string& path);
void write_file(const std::string& path, std::string_view text);
/// Inode, size and times of a file: the same only if the file was not written in between.
std::string identity_of(const std::string& path);

}  // namespace leases::test
