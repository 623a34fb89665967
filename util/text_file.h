#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace leases {

/// The beginning of a text file, 1 MiB at most, as any user and without ever waiting for it.
struct TextFile {
  enum class State : std::uint8_t {
    read,
    absent,
    forbidden,  ///< another user could
    unusable,   ///< no file, or an error
  };

  State state = State::unusable;
  std::string text;     ///< if it was read
  std::string problem;  ///< if not: the end of a sentence that begins with its path

  [[nodiscard]] bool read() const { return state == State::read; }

  static TextFile open(const std::string& path);
};

/// The lines of a text without their ends.
std::vector<std::string_view> lines_of(std::string_view text);

/// What stands at a path instead of a plain file: "a FIFO".
const char* kind_of_file(unsigned mode);

}  // namespace leases
