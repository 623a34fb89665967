#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace leases {

/// RFC 1035: at most 63 bytes in a label and 253 in a name.
inline constexpr std::size_t kMaxLabel = 63;
inline constexpr std::size_t kMaxName = 253;

/// ASCII lower case, whatever the locale: DNS names differ in nothing else (RFC 4343).
constexpr char fold_ascii(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// An ASCII letter or digit.
constexpr bool is_alphanumeric(char c) {
  const char folded = fold_ascii(c);
  return (folded >= 'a' && folded <= 'z') || (c >= '0' && c <= '9');
}

/// Whether two texts differ in nothing but ASCII case.
bool equal_folded(std::string_view a, std::string_view b) noexcept;

/// The order of two names after folding, by bytes, a prefix before a longer name: negative, 0 or positive.
int compare_folded(std::string_view a, std::string_view b) noexcept;

/// Whether text is a label as dnsmasq lets it through: [A-Za-z0-9][A-Za-z0-9_-]{0,62}.
bool is_host_label(std::string_view text) noexcept;

/// Whether text is one or more host labels joined by dots, at most kMaxName bytes, with no dot at the end.
bool is_domain_name(std::string_view text) noexcept;

/// Whether a domain is localhost or localhost.localdomain or below one: such names are the machine's own
/// (RFC 6761, 6.3; nss-myhostname(8)).
bool is_localhost_domain(std::string_view domain) noexcept;

/// Of a name that may be qualified: the host label, and the rest after its dot, empty if there is none.
std::string_view label_of(std::string_view name) noexcept;
std::string_view domain_part_of(std::string_view name) noexcept;

/// A host label in canonical form (folded), with the hash by which the index finds it.
class CanonicalLabel {
 public:
  /// Nothing if text is not a host label.
  static std::optional<CanonicalLabel> parse(std::string_view text) noexcept;

  [[nodiscard]] std::string_view view() const { return {bytes_, length_}; }
  [[nodiscard]] std::uint64_t hash() const { return hash_; }
  /// The first bytes, with zeros after a shorter label.
  static constexpr std::size_t kBeginSize = 16;
  [[nodiscard]] const char* begin_bytes() const { return bytes_; }

 private:
  friend struct HostQuery;
  /// Sets the label from text. False if text is not a host label.
  bool assign(std::string_view text) noexcept;

  char bytes_[kMaxLabel + 1];
  std::uint8_t length_ = 0;
  std::uint64_t hash_ = 0;
};

/// A name that is asked for: a label, and for a qualified name the suffix, which must be the domain or the
/// network of the lease or the domain of its guest. The suffix points into the text that was parsed.
struct HostQuery {
  CanonicalLabel label;
  std::string_view suffix;  ///< empty: not qualified

  /// Takes any bytes of any length from an application. Drops one dot at the end. Nothing if no lease can
  /// have such a name.
  static std::optional<HostQuery> parse(std::string_view text) noexcept;
};

}  // namespace leases
