#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "util/directory.h"

namespace leases {

/// The result of reading a regular file.
struct RegularFile {
  enum class State : std::uint8_t {
    read,
    absent,    ///< nothing is there
    unusable,  ///< not a regular file, too large, or not readable by this process
  };

  State state = State::absent;
  std::string text{};     ///< if it was read
  struct stat status {};  ///< of what is there, as far as it could be looked at
  int error = 0;          ///< why it was not read: the system's number (errno(3)), if there is one

  [[nodiscard]] bool read() const { return state == State::read; }
  /// If it was not read: the end of a sentence that begins with its path, "is a FIFO, not a file".
  [[nodiscard]] std::string problem() const;
};

/// More than any configuration file or script has.
inline constexpr std::size_t kLargestText = std::size_t{16} << 20;

/// Reads a file, as any user and without ever waiting for it. Links are followed. A file that is larger than
/// `limit` is unusable; of one without a size, as in /proc, the first `limit` bytes are read. Devices are not
/// opened, since for some that has an effect.
RegularFile read_regular_file(const std::string& path, std::size_t limit = kLargestText);

/// The same for a file of a directory, whose owner may be less trusted than this process: links are not
/// followed. Throws Error for failures that are not the file's: no memory, no descriptor left.
RegularFile read_regular_file(const Directory& directory, const std::string& name, std::size_t limit);

/// What a file of this mode is: "a FIFO".
const char* kind_of_file(mode_t mode);

}  // namespace leases
