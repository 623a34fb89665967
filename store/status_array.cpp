#include "store/status_array.h"

#include <algorithm>
#include <cstddef>

#include "store/status_keys.h"

namespace leases {

namespace {

constexpr std::string_view kBlanks = " \t\r\n";

/// Goes through a text, token by token: a bracket, a comma, a colon, a string with its quotes, or any other
/// word.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : text_(text) {}

  /// The next one; empty at the end, or at a string without an end.
  std::string_view next() {
    begin_ = std::min(text_.find_first_not_of(kBlanks, end_), text_.size());
    if (begin_ == text_.size()) {
      end_ = begin_;
    } else if (text_[begin_] == '"') {
      end_ = end_of_string();
    } else if (kPunctuation.find(text_[begin_]) != std::string_view::npos) {
      end_ = begin_ + 1;
    } else {
      end_ = std::min(text_.find_first_of("[]{},:\" \t\r\n", begin_), text_.size());
    }
    return text_.substr(begin_, end_ - begin_);
  }
  /// Where the last one begins and ends in the text.
  [[nodiscard]] std::size_t begin() const { return begin_; }
  [[nodiscard]] std::size_t end() const { return end_; }

 private:
  static constexpr std::string_view kPunctuation = "[]{},:";

  [[nodiscard]] std::size_t end_of_string() const {
    for (std::size_t at = begin_ + 1; (at = text_.find_first_of("\"\\", at)) != std::string_view::npos;) {
      if (text_[at] == '"') return at + 1;
      at += 2;
    }
    return begin_;
  }

  std::string_view text_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

bool opens(std::string_view token) {
  return token == "[" || token == "{";
}

bool closes(std::string_view token) {
  return token == "]" || token == "}";
}

bool begins_value(std::string_view token) {
  return opens(token) || std::string_view("\"-0123456789").find(token.front()) != std::string_view::npos ||
         token == "true" || token == "false" || token == "null";
}

}  // namespace

std::optional<std::vector<std::string_view>> array_elements(std::string_view text) {
  Tokens tokens(text);
  if (tokens.next() != "[") return {};
  std::vector<std::string_view> elements;
  std::size_t depth = 1;
  std::size_t begin = 0;
  std::size_t end = 0;  // of the element so far; equal: nothing of it was met
  for (std::string_view token = tokens.next(); !token.empty(); token = tokens.next()) {
    if (closes(token)) --depth;
    const bool ends_array = depth == 0;
    if (ends_array || (depth == 1 && token == ",")) {
      if (begin == end && !(ends_array && elements.empty())) return {};
      if (begin != end) elements.push_back(text.substr(begin, end - begin));
      begin = end = 0;
      if (!ends_array) continue;
      if (token != "]" || !tokens.next().empty() || tokens.end() != text.size()) return {};
      return elements;
    }
    if (begin == end) {
      if (!begins_value(token)) return {};
      begin = tokens.begin();
    }
    end = tokens.end();
    if (opens(token)) ++depth;
  }
  return {};
}

std::optional<IpAddress> address_of_element(std::string_view element) {
  Tokens tokens(element);
  if (tokens.next() != "{") return {};
  std::optional<IpAddress> address;
  std::size_t depth = 1;
  bool is_key = true;
  bool is_address = false;
  std::string_view token = tokens.next();
  for (; !token.empty() && depth > 0; token = tokens.next()) {
    if (opens(token)) ++depth;
    if (closes(token)) --depth;
    if (depth != 1) continue;
    if (token == ",") {
      is_key = true;
    } else if (token == ":") {
      is_key = false;
    } else if (is_key) {
      is_address = token.front() == '"' && token.substr(1, token.size() - 2) == status_keys::kAddress;
    } else if (is_address) {
      address = token.size() > 2 && token.front() == '"' ? parse_ip(token.substr(1, token.size() - 2))
                                                         : std::nullopt;
    }
  }
  const bool is_whole = depth == 0 && token.empty() && tokens.end() == element.size();
  return is_whole ? address : std::nullopt;
}

}  // namespace leases
