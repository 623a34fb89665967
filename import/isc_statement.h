#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leases {

/// One line of ISC dhcpd's lease file (dhcpd.leases(5)): a statement, the beginning of a declaration, or its
/// end.
struct IscStatement {
  enum class End : std::uint8_t {
    none,       ///< the line is blank, or a comment
    semicolon,  ///< a statement
    open,       ///< `{`
    close,      ///< `}`
  };

  struct Word {
    std::string text;  ///< without quotes, and with the escapes in them read (`\003`, `\"`)
    bool is_quoted = false;
  };

  std::vector<Word> words;  ///< `=` is one
  End end = End::none;
  std::size_t indent = 0;  ///< blanks at the beginning of the line

  /// The word at a place; empty if there are fewer.
  [[nodiscard]] std::string_view word(std::size_t place) const {
    return place < words.size() ? std::string_view(words[place].text) : std::string_view();
  }

  /// Nothing if the line is cut off or is not one of these.
  static std::optional<IscStatement> parse(std::string_view line);
};

}  // namespace leases
