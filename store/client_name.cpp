#include "store/client_name.h"

#include <cstdint>

namespace leases {

namespace {

constexpr std::size_t kNone = 0;

/// How many bytes the character takes that text begins with; kNone if that is not UTF-8 (RFC 3629), or is a
/// blank or a control character.
std::size_t visible_character(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  if (first < 0x80) return first > ' ' && first != 0x7f ? 1 : kNone;
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < size) return kNone;
  std::uint32_t character = first & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0U) != 0x80) return kNone;
    character = character << 6U | (next & 0x3fU);
  }
  const bool too_long = character < (size == 4 ? 0x10000U : size == 3 ? 0x800U : 0x80U);
  const bool is_surrogate = character >= 0xd800 && character <= 0xdfff;
  const bool is_control = character < 0xa0;
  return too_long || is_surrogate || is_control || character > 0x10ffff ? kNone : size;
}

}  // namespace

bool is_client_name(std::string_view text) noexcept {
  if (text.empty() || text.size() > kMaxClientName) return false;
  while (!text.empty()) {
    const std::size_t size = visible_character(text);
    if (size == kNone) return false;
    text.remove_prefix(size);
  }
  return true;
}

}  // namespace leases
