#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "common/hex_bytes.h"
#include "common/lease.h"

namespace leases {

/// A client identifier or DUID as dnsmasq writes it: hex bytes with colons. Its script gets the first 100
/// bytes of a longer one, with a colon after the last of them. In its lease file an identifier may be longer
/// than kMaxIdentifier.
class Identifier {
 public:
  enum class State : std::uint8_t {
    whole,      ///< also the empty text: no identifier
    not_whole,  ///< there is one, but it is cut or too long to keep
    junk,       ///< this is not how dnsmasq writes one
  };

  explicit Identifier(std::string_view text) {
    if (const auto count = parse_hex_bytes(text, bytes_.data(), bytes_.size())) {
      size_ = *count;
    } else {
      state_ = is_long_or_cut(text) ? State::not_whole : State::junk;
    }
  }

  [[nodiscard]] State state() const { return state_; }
  /// Its bytes; empty unless it is whole.
  [[nodiscard]] std::span<const std::uint8_t> bytes() const { return {bytes_.data(), size_}; }

 private:
  static bool is_long_or_cut(std::string_view text) {
    if (text.ends_with(':')) text.remove_suffix(1);
    if (text.size() % 3 != 2) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (i % 3 == 2 ? text[i] != ':' : !hex_digit(text[i])) return false;
    }
    return true;
  }

  std::array<std::uint8_t, kMaxIdentifier> bytes_;
  std::size_t size_ = 0;
  State state_ = State::whole;
};

/// Stands for a DHCPv6 lease's DUID that is not known whole, where dnsmasq has to be given one: one byte,
/// which no client has (RFC 8415, 11.1). Without it, dnsmasq would pass another client's DUID to its script.
inline constexpr std::array<std::uint8_t, 1> kUnknownDuid{0};

}  // namespace leases
