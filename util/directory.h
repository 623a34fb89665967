#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "util/file.h"

namespace leases {

/// A directory that is held open. Its files are opened relative to it, without following a symbolic link: its
/// owner may be less trusted than this process. Functions throw Error unless they say otherwise.
class Directory {
 public:
  /// Opens a directory; makes it first (mode 0755) if it does not exist.
  static Directory open_or_create(const std::string& path);
  /// Opens a directory; nothing if it does not exist.
  static std::optional<Directory> open_existing(const std::string& path);
  /// Takes a directory that is open already, with O_PATH or more; `path` is for messages.
  static Directory from(std::string path, FileDescriptor descriptor) {
    return {std::move(path), std::move(descriptor)};
  }

  [[nodiscard]] int descriptor() const { return descriptor_.number(); }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string path_of(std::string_view name) const { return path_ + '/' + std::string(name); }
  [[nodiscard]] struct stat status() const;
  /// Whether this process may make files in it.
  [[nodiscard]] bool is_writable() const noexcept;

  /// The status of what is at a name, not following a link; nothing if there is nothing.
  [[nodiscard]] std::optional<struct stat> status_of(const std::string& name) const;
  /// Opens a file of the directory, never following a link nor waiting for a FIFO's other end. A negative
  /// number and errno if that fails.
  [[nodiscard]] FileDescriptor open(const std::string& name, int flags, mode_t mode = 0) const;
  /// The names in it except "." and "..", sorted.
  [[nodiscard]] std::vector<std::string> names() const;
  void rename(const std::string& from, const std::string& to) const;
  /// Gives anything but a directory a second name. False if that fails.
  [[nodiscard]] bool link(const std::string& name, const std::string& other) const noexcept;
  /// Waits until the names in it are on the disk.
  void sync() const;
  void remove_if_there(const std::string& name) const noexcept;

 private:
  Directory(std::string path, FileDescriptor descriptor)
      : path_(std::move(path)), descriptor_(std::move(descriptor)) {}

  std::string path_;
  FileDescriptor descriptor_;
};

}  // namespace leases
