#include "cli/escaped_text.h"

namespace leases::cli {

namespace {

/// Bytes from `first` to the last of printable ASCII stay as they are, but for the backslash.
std::string with_numbers(std::string_view text, char first) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string shown;
  shown.reserve(text.size());
  for (const char c : text) {
    if (c >= first && c <= '~' && c != '\\') {
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
  return with_numbers(text, '!');
}

std::string printable(std::string_view text) {
  return with_numbers(text, ' ');
}

}  // namespace leases::cli
