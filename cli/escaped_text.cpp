#include "cli/escaped_text.h"

namespace leases::cli {

std::string escaped(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string word;
  word.reserve(text.size());
  for (const char c : text) {
    if (c > ' ' && c < '\x7f' && c != '\\') {
      word += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    word.append("\\x").append(1, kDigits[byte >> 4U]).append(1, kDigits[byte & 0xfU]);
  }
  return word;
}

}  // namespace leases::cli
