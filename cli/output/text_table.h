#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace leases::cli {

/// The meaning of a cell's colour.
enum class Tone { plain, heading, good, warning };

struct Cell {
  std::string text;  ///< printed unchanged, so text from the index must be escaped() first
  Tone tone = Tone::plain;
};

/// Rows of cells in aligned columns with two spaces between them. Nothing follows a row's last cell.
class TextTable {
 public:
  /// Starts with a row of headings.
  explicit TextTable(const std::vector<std::string>& headings);

  /// Adds a row with as many cells as there are headings. An empty cell is shown as "-".
  void add(std::vector<Cell> row);

  /// Leaves out the column with this heading, if there is one.
  void drop(const std::string& heading);
  /// Leaves out columns, in this order of headings, until a line has at most `width` characters.
  void fit(std::size_t width, const std::vector<std::string>& headings);

  /// The lines of the table; if `color`, with SGR escape sequences (ECMA-48).
  [[nodiscard]] std::string text(bool color) const;

 private:
  [[nodiscard]] std::size_t width() const;

  std::vector<std::vector<Cell>> rows_;
  std::vector<std::size_t> widths_;
};

/// A text in the colour of a tone.
std::string colored(const std::string& text, Tone tone);

}  // namespace leases::cli
