#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace leases::cli {

/// What a cell is to draw attention to, where there is colour.
enum class Tone { plain, heading, good, warning };

struct Cell {
  std::string text;  ///< printed as it is; what comes from the index has to be escaped() before
  Tone tone = Tone::plain;
};

/// Rows of cells in aligned columns with two spaces between them. Nothing follows a row's last cell.
class TextTable {
 public:
  /// The first row.
  explicit TextTable(const std::vector<std::string>& headings);

  /// Adds a row with as many cells as there are headings. An empty cell is shown as "-".
  void add(std::vector<Cell> row);

  void print(std::ostream& out, bool color) const;

 private:
  std::vector<std::vector<Cell>> rows_;
  std::vector<std::size_t> widths_;
};

}  // namespace leases::cli
