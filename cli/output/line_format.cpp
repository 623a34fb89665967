#include "cli/output/line_format.h"

#include <algorithm>
#include <utility>

#include "cli/output/lease_field.h"

namespace leases::cli {

namespace {

/// The character that a backslash and `c` stand for.
std::optional<char> character_of_escape(char c) {
  switch (c) {
    case 't':
      return '\t';
    case 'n':
      return '\n';
    case '\\':
      return '\\';
    default:
      return {};
  }
}

}  // namespace

std::optional<LineFormat> LineFormat::parse(std::string_view text, const std::vector<std::string_view>& known,
                                            std::string& problem) {
  LineFormat format;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (c == '\\') {
      const auto character = character_of_escape(next);
      if (!character) {
        problem = "after a backslash there has to be t, n or another backslash";
        return {};
      }
      format.rest_ += *character;
      ++i;
    } else if ((c == '{' || c == '}') && next == c) {
      format.rest_ += c;
      ++i;
    } else if (c == '{') {
      const std::size_t end = text.find('}', i);
      if (end == std::string_view::npos) {
        problem = "a '{' has no '}'; a brace itself is written '{{'";
        return {};
      }
      const std::string_view field = text.substr(i + 1, end - i - 1);
      if (std::ranges::find(known, field) == known.end()) {
        problem = unknown_field(field, known);
        return {};
      }
      format.parts_.push_back({std::exchange(format.rest_, {}), std::string(field)});
      i = end;
    } else {
      format.rest_ += c;
    }
  }
  return format;
}

std::string LineFormat::text(const std::function<std::string(std::string_view)>& value) const {
  std::string text;
  for (const Part& part : parts_) text += part.before + value(part.field);
  return text + rest_;
}

}  // namespace leases::cli
