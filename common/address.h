#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace leases {

enum class Family : std::uint8_t { v4 = 4, v6 = 6 };

/// An IPv4 or IPv6 address in network byte order. An IPv4 address uses the first four bytes; the rest are 0,
/// so two addresses are equal if and only if all their members are.
struct IpAddress {
  Family family = Family::v4;
  std::array<std::uint8_t, 16> bytes{};

  /// 4 or 16.
  [[nodiscard]] std::size_t size() const { return family == Family::v4 ? 4 : 16; }

  friend bool operator==(const IpAddress& a, const IpAddress& b) { return compare(a, b) == 0; }
  friend bool operator<(const IpAddress& a, const IpAddress& b) { return compare(a, b) < 0; }

  /// Negative, 0 or positive: IPv4 before IPv6, then by the bytes.
  static int compare(const IpAddress& a, const IpAddress& b) {
    if (a.family != b.family) return a.family < b.family ? -1 : 1;
    return std::memcmp(a.bytes.data(), b.bytes.data(), a.bytes.size());
  }
};

/// An IPv4 address that came as an IPv6 one, ::ffff:192.0.2.1 (RFC 4291, 2.5.5.2), as the IPv4 address; any
/// other as it is.
IpAddress unmapped(const IpAddress& address) noexcept;

/// Reads what inet_pton(3) reads: dotted decimal or RFC 4291 text, without a zone, a prefix length or blanks.
std::optional<IpAddress> parse_ip(std::string_view text) noexcept;

/// The text of an address as inet_ntop(3) writes it (RFC 5952), in a buffer of its own.
class IpText {
 public:
  explicit IpText(const IpAddress& address) noexcept;
  [[nodiscard]] std::string_view view() const { return {text_, length_}; }
  [[nodiscard]] const char* c_str() const { return text_; }

 private:
  char text_[46];
  std::size_t length_;
};

}  // namespace leases
