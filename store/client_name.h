#pragma once

#include <cstddef>
#include <string_view>

namespace leases {

/// dnsmasq reads no more of a name from its lease database: the rest would become the next field.
inline constexpr std::size_t kMaxClientName = 64;

/// Whether text can be kept as what a client calls itself, though it may not be a host label and is then
/// refused: one word of at most kMaxClientName bytes of UTF-8, without blanks and control characters.
/// Anything else would break dnsmasq's lease database, which is read as words, or a terminal.
bool is_client_name(std::string_view text) noexcept;

}  // namespace leases
