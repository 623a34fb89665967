#include "import/isc_statement.h"

#include <algorithm>
#include <utility>

namespace leases {

namespace {

constexpr std::string_view kIscBlanks = " \t\r";

bool is_octal(char c) {
  return c >= '0' && c <= '7';
}

/// Reads the text of a line word by word.
class Scanner {
 public:
  explicit Scanner(std::string_view line) : rest_(line) {}

  void skip_blanks() {
    while (!rest_.empty() && kIscBlanks.find(rest_.front()) != std::string_view::npos) rest_.remove_prefix(1);
  }
  [[nodiscard]] bool at_end() const { return rest_.empty() || rest_.front() == '#'; }
  [[nodiscard]] char front() const { return rest_.front(); }
  void skip() { rest_.remove_prefix(1); }

  /// A word without quotes.
  std::string word() {
    const std::string_view text = rest_.substr(0, rest_.find_first_of(" \t\r;{}=\"#"));
    rest_.remove_prefix(text.size());
    return std::string(text);
  }

  /// A text in quotes; nothing if it has no end. dhcpd writes what is not printable as three octal digits,
  /// and a backslash before quotes, backslashes and a few others.
  std::optional<std::string> quoted() {
    std::string text;
    for (skip(); !rest_.empty(); skip()) {
      if (front() == '"') {
        skip();
        return text;
      }
      if (front() != '\\') {
        text += front();
        continue;
      }
      skip();
      if (rest_.empty()) return {};
      text += escaped();
    }
    return {};
  }

 private:
  /// What the escape stands for that begins after the backslash. Its last character stays.
  char escaped() {
    if (rest_.size() >= 3 && is_octal(rest_[0]) && is_octal(rest_[1]) && is_octal(rest_[2])) {
      const int value = (rest_[0] - '0') * 64 + (rest_[1] - '0') * 8 + (rest_[2] - '0');
      rest_.remove_prefix(2);
      return static_cast<char>(value);
    }
    switch (front()) {
      case 't':
        return '\t';
      case 'r':
        return '\r';
      case 'n':
        return '\n';
      case 'b':
        return '\b';
      default:
        return front();
    }
  }

  std::string_view rest_;
};

}  // namespace

std::optional<IscStatement> IscStatement::parse(std::string_view line) {
  IscStatement statement;
  statement.indent = std::min(line.find_first_not_of(kIscBlanks), line.size());
  Scanner scanner(line);
  for (scanner.skip_blanks(); !scanner.at_end(); scanner.skip_blanks()) {
    // Nothing but a comment may come after the end.
    if (statement.end != End::none) return {};
    const char first = scanner.front();
    if (first == '"') {
      auto text = scanner.quoted();
      if (!text) return {};
      statement.words.push_back({*std::move(text), true});
    } else if (first == ';' || first == '{' || first == '}') {
      scanner.skip();
      statement.end = first == ';' ? End::semicolon : first == '{' ? End::open : End::close;
    } else if (first == '=') {
      scanner.skip();
      statement.words.push_back({"="});
    } else {
      statement.words.push_back({scanner.word()});
    }
  }
  const bool is_whole = statement.end == End::close ? statement.words.empty()
                                                    : (statement.end == End::none) == statement.words.empty();
  return is_whole ? std::optional(std::move(statement)) : std::nullopt;
}

}  // namespace leases
