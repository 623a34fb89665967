#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace leases {

/// A client's link-layer address: DHCP's hardware type (RFC 2132's htype, 1 is Ethernet) and up to 16 bytes.
struct HardwareAddress {
  std::uint16_t type = 1;
  std::uint8_t length = 0;
  std::array<std::uint8_t, 16> bytes{};  ///< 0 after length

  friend bool operator==(const HardwareAddress&, const HardwareAddress&) = default;

  /// Negative, 0 or positive: by type, length and bytes.
  static int compare(const HardwareAddress& a, const HardwareAddress& b) {
    if (a.type != b.type) return a.type < b.type ? -1 : 1;
    if (a.length != b.length) return a.length < b.length ? -1 : 1;
    return std::memcmp(a.bytes.data(), b.bytes.data(), a.bytes.size());
  }

  /// Reads dnsmasq's notation: hex bytes with colons, and a `%.2x-` prefix if the type is not 1 or there
  /// are no bytes ("52:54:00:12:34:56", "06-02:00:00:00:00:01", "20-"). Either case of hex digits.
  static std::optional<HardwareAddress> parse(std::string_view text) noexcept;
};

/// The text of a hardware address in dnsmasq's notation, lower case.
class HardwareText {
 public:
  explicit HardwareText(const HardwareAddress& address) noexcept;
  [[nodiscard]] std::string_view view() const { return {text_, length_}; }

 private:
  char text_[5 + 16 * 3];
  std::size_t length_ = 0;
};

}  // namespace leases
