#include "util/escaped_text.h"

namespace leases {

namespace {

enum class Backslash : bool { stays, is_escaped };

/// Keeps printable ASCII from `first` on.
std::string with_numbers(std::string_view text, char first, Backslash backslash) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string shown;
  shown.reserve(text.size());
  for (const char c : text) {
    if (c >= first && c <= '~' && (c != '\\' || backslash == Backslash::stays)) {
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
  return with_numbers(text, '!', Backslash::is_escaped);
}

std::string printable(std::string_view text) {
  return with_numbers(text, ' ', Backslash::is_escaped);
}

std::string one_line(std::string_view text) {
  return with_numbers(text, ' ', Backslash::stays);
}

}  // namespace leases
