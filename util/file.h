#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/index_layout.h"

namespace leases {

/// Something that a person has to put right. The text is one line: the file, what is wrong with it, what to
/// do.
class Error : public std::runtime_error {
 public:
  /// `error` is the system's number for it (errno(3)), or 0.
  explicit Error(const std::string& text, int error = 0) : std::runtime_error(text), error_(error) {}

  [[nodiscard]] int error() const { return error_; }

 private:
  int error_;
};

/// An error of the system about a file. `failed` is what could not be done ("cannot be written").
Error errno_error(const std::string& path, std::string_view failed, int error);

/// Owns a file descriptor.
class FileDescriptor {
 public:
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor();

  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

/// A directory that is held open. Its files are opened relative to it, without following a symbolic link: its
/// owner may be less trusted than this process (dnsmasq's dhcp-scriptuser).
class Directory {
 public:
  /// Opens a directory; makes it first (mode 0755) if it does not exist. Throws Error.
  static Directory open_or_create(const std::string& path);
  /// Opens a directory; nothing if it does not exist. Throws Error.
  static std::optional<Directory> open_existing(const std::string& path);
  /// One that is open already, be it as a mere place (O_PATH); `path` is for messages.
  static Directory from(std::string path, FileDescriptor descriptor) {
    return {std::move(path), std::move(descriptor)};
  }

  [[nodiscard]] int descriptor() const { return descriptor_.number(); }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string path_of(std::string_view name) const { return path_ + '/' + std::string(name); }
  [[nodiscard]] struct stat status() const;
  /// Whether this process may make files in it.
  [[nodiscard]] bool is_writable() const noexcept;

  /// What is at a name, not following a link; nothing if there is nothing.
  [[nodiscard]] std::optional<struct stat> status_of(const std::string& name) const;
  /// Opens a file of the directory, never following a link nor waiting for a FIFO's other end. A negative
  /// number and errno if that fails.
  [[nodiscard]] FileDescriptor open(const std::string& name, int flags, mode_t mode = 0) const;
  /// The names in it but "." and "..", sorted.
  [[nodiscard]] std::vector<std::string> names() const;
  void rename(const std::string& from, const std::string& to) const;
  /// Gives a file, which may be anything but a directory, a second name. False if that cannot be done.
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

/// A file in the making, which takes its place whole or not at all: written under a name of its own, then
/// renamed.
class NewFile {
 public:
  /// `name` is the one that it will have in the end. `directory` must outlive it. Throws Error.
  NewFile(const Directory& directory, std::string name);
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  /// Removes it if it was not put in place.
  ~NewFile();

  /// Appends all the pieces. Throws Error.
  void write(std::span<const std::string_view> pieces);
  /// Adds `size` bytes of zeros whose space is really there, so that a write into a mapping cannot fail
  /// later.
  void reserve(std::size_t size);
  /// Waits until the bytes are on the disk.
  void sync();
  /// Renames it into place. What was synced may still be lost with the power until the directory is synced,
  /// too. The stamp is that of the file there.
  layout::FileStamp put_in_place();
  [[nodiscard]] bool is_in_place() const { return in_place_; }

 private:
  const Directory& directory_;
  std::string name_;
  std::string temporary_name_;
  FileDescriptor descriptor_;
  bool in_place_ = false;
};

/// The stamp by which a file is recognised.
layout::FileStamp stamp_of(const struct stat& status);

}  // namespace leases
