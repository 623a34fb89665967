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

/// What is wrong with a field, which a text begins with after a brace; empty if nothing is.
std::string problem_of_field(std::string_view text, std::string_view field,
                             const std::vector<std::string_view>& known) {
  if (text.find('}') == std::string_view::npos) return "a '{' has no '}'; a brace itself is written '{{'";
  return std::ranges::find(known, field) == known.end() ? unknown_field(field, known) : std::string();
}

}  // namespace

std::optional<LineFormat> LineFormat::parse(std::string_view text, const std::vector<std::string_view>& known,
                                            std::string& problem) {
  LineFormat format;
  while (!text.empty()) {
    const char c = text.front();
    const char next = text.size() > 1 ? text[1] : '\0';
    if (c == '\\') {
      const auto character = character_of_escape(next);
      if (!character) {
        problem = "after a backslash there has to be t, n or another backslash";
        return {};
      }
      format.rest_ += *character;
      text.remove_prefix(2);
    } else if (c == '{' && next != c) {
      const std::string_view field = text.substr(1, text.find('}') - 1);
      problem = problem_of_field(text, field, known);
      if (!problem.empty()) return {};
      format.parts_.push_back({std::exchange(format.rest_, {}), std::string(field)});
      text.remove_prefix(field.size() + 2);
    } else {
      format.rest_ += c;
      text.remove_prefix((c == '{' || c == '}') && next == c ? 2 : 1);
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
