#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace leases {

/// The number of one of a client's identity associations (RFC 8415).
struct Iaid {
  std::uint32_t value = 0;
  bool temporary = false;  ///< of an IA_TA

  friend bool operator==(const Iaid&, const Iaid&) = default;

  /// Reads dnsmasq's notation: a decimal number, with a "T" in front for an IA_TA.
  static std::optional<Iaid> parse(std::string_view text) noexcept;
};

/// The text of an IAID in that notation.
class IaidText {
 public:
  explicit IaidText(const Iaid& iaid) noexcept;
  [[nodiscard]] std::string_view view() const { return {text_, length_}; }

 private:
  char text_[11];
  std::size_t length_;
};

}  // namespace leases
