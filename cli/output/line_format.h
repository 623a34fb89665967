#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leases::cli {

/// The template of --format: text with `{field}` where a value goes. `{{` and `}}` are one brace; `\t`, `\n`
/// and `\\` are a tab, the end of a line and a backslash.
class LineFormat {
 public:
  /// Nothing, with the `problem`, if the template is wrong or names a field that is not among the `known`
  /// ones.
  static std::optional<LineFormat> parse(std::string_view text, const std::vector<std::string_view>& known,
                                         std::string& problem);

  /// The text with each field's value, as `value` gives it for the field's name. No newline is added.
  [[nodiscard]] std::string text(const std::function<std::string(std::string_view)>& value) const;

 private:
  /// A field, after some text.
  struct Part {
    std::string before;
    std::string field;
  };

  std::vector<Part> parts_;
  std::string rest_;
};

}  // namespace leases::cli
