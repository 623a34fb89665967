#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "common/time.h"
#include "util/directory.h"
#include "util/file.h"

namespace leases {

/// A file that takes its place whole or not at all: it is written under another name, then renamed.
class NewFile {
 public:
  /// How many processes at a time may make a file of this name.
  enum class Writers : bool {
    one,   ///< whatever stands at the other name was left by one that was killed, and is removed
    many,  ///< the other name is unique, and nobody else may open the file until it has another mode
  };

  /// `name` is its final name. `directory` must outlive it. Throws Error.
  NewFile(const Directory& directory, std::string name, Writers writers = Writers::one);
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  /// Removes it if it was not put in place.
  ~NewFile();

  /// Gives it the owner, group and permissions of another file. Only root may give files away; any other user
  /// keeps it. Throws Error.
  void become_like(const struct stat& other);
  /// Throws Error.
  void set_mode(mode_t mode);
  /// When it was written last, as others are to see it: after the last write(). Throws Error.
  void set_time(EpochSeconds time);
  /// Appends all the pieces. Throws Error.
  void write(std::span<const std::string_view> pieces);
  /// Adds `size` bytes of zeros whose space is really there, so that a write into a mapping cannot fail
  /// later.
  void reserve(std::size_t size);
  /// Waits until the bytes are on the disk.
  void sync();
  /// Renames it into place, and returns its status there. Even after sync() it may be lost with the power
  /// until the directory is synced, too.
  struct stat put_in_place();
  [[nodiscard]] bool is_in_place() const { return in_place_; }

 private:
  void create();
  void create_unique();

  const Directory& directory_;
  std::string name_;
  std::string temporary_name_;
  FileDescriptor descriptor_{-1};
  bool in_place_ = false;
};

}  // namespace leases
