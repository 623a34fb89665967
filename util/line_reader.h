#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace leases {

/// Reads lines from a descriptor in large pieces, with a buffer of a fixed size: a line longer than 64 KiB
/// comes in parts.
class LineReader {
 public:
  /// Errors call the input `name`.
  LineReader(int descriptor, std::string name);

  /// The next line without its end, valid until the next call; nothing at the end of the input. Throws
  /// Error.
  std::optional<std::string_view> next();

 private:
  bool refill();

  int descriptor_;
  std::string name_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace leases
