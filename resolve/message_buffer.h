#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace leases::resolve {

/// The bytes that a peer has sent, cut into messages: each ends with a byte 0 (varlink.org, "Method call").
class MessageBuffer {
 public:
  /// A question is a few hundred bytes, and no name makes one longer than some thousand.
  static constexpr std::size_t kMaxMessage = std::size_t{64} << 10;

  void add(std::string_view bytes) { bytes_ += bytes; }
  /// The next whole message, without its end; nothing if more has to come. Valid until the next call.
  std::optional<std::string_view> next();
  /// Whether next() has another one.
  [[nodiscard]] bool has_next() const { return end_of_next() != std::string::npos; }
  /// Bytes of memory, whole and unfinished messages alike.
  [[nodiscard]] std::size_t kept() const { return bytes_.empty() ? 0 : bytes_.capacity(); }
  /// Whether a message has become longer than it may be.
  [[nodiscard]] bool is_too_long() const { return bytes_.size() - begin_ > kMaxMessage && !has_next(); }

 private:
  [[nodiscard]] std::size_t end_of_next() const { return bytes_.find('\0', searched_); }

  std::string bytes_;
  std::size_t begin_ = 0;     ///< of the next message
  std::size_t searched_ = 0;  ///< its end is not before this
};

}  // namespace leases::resolve
