#include "helper/escaped_text.h"

namespace leases {

namespace {

/// What stays is printable ASCII, from `first` on and without `backslash`.
std::string with_numbers(std::string_view text, char first, char backslash) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string shown;
  shown.reserve(text.size());
  for (const char c : text) {
    if (c >= first && c <= '~' && c != backslash) {
      shown += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    shown.append("\\x").append(1, kDigits[byte >> 4U]).append(1, kDigits[byte & 0xfU]);
  }
  return shown;
}

}  // namespace

std::string escaped(std::string_view text) {
  return with_numbers(text, '!', '\\');
}

std::string printable(std::string_view text) {
  return with_numbers(text, ' ', '\\');
}

std::string one_line(std::string_view text) {
  return with_numbers(text, ' ', '\0');
}

}  // namespace leases
