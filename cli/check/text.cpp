#include "cli/check/text.h"

#include <algorithm>

#include "common/host_name.h"

namespace leases::cli {

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

std::string printable(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string shown;
  for (const char c : text) {
    if (is_printable(c) && c != '\\') {
      shown += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    shown.append("\\x");
    shown += kDigits[byte / 16];
    shown += kDigits[byte % 16];
  }
  return shown;
}

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

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

}  // namespace leases::cli
