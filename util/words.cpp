#include "util/words.h"

#include <algorithm>

#include "common/host_name.h"

namespace leases {

namespace {

bool is_printable(char c) {
  return c >= ' ' && c <= '~';
}

std::vector<std::string_view> pieces_of(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> pieces;
  while (true) {
    const std::size_t begin = text.find_first_not_of(separators);
    if (begin == std::string_view::npos) return pieces;
    text.remove_prefix(begin);
    const std::size_t end = std::min(text.find_first_of(separators), text.size());
    pieces.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

}  // namespace

std::string shell_word(std::string_view text) {
  constexpr std::string_view kPlain = "/._-:@+%=,";
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return is_alphanumeric(c) || kPlain.find(c) != std::string_view::npos;
  });
  if (plain) return std::string(text);
  // A backslash means itself between the quotes.
  const bool exact = std::all_of(text.begin(), text.end(), is_printable);
  std::string word = "'";
  for (const char c : exact ? std::string(text) : printable(text)) {
    if (c == '\'') {
      word += "'\\''";
    } else {
      word += c;
    }
  }
  return word + '\'';
}

std::vector<std::string_view> words_of(std::string_view text) {
  return pieces_of(text, kSpace);
}

}  // namespace leases
