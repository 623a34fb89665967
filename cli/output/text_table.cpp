#include "cli/output/text_table.h"

#include <algorithm>
#include <ostream>
#include <utility>

namespace leases::cli {

namespace {

const char* escape_sequence(Tone tone) {
  switch (tone) {
    case Tone::plain:
      break;
    case Tone::heading:
      return "\033[1m";
    case Tone::good:
      return "\033[32m";
    case Tone::warning:
      return "\033[33m";
  }
  return "";
}

void print_cell(std::ostream& out, const Cell& cell, bool color) {
  const bool colored = color && cell.tone != Tone::plain;
  if (colored) out << escape_sequence(cell.tone);
  out << cell.text;
  if (colored) out << "\033[0m";
}

}  // namespace

TextTable::TextTable(const std::vector<std::string>& headings) : widths_(headings.size()) {
  std::vector<Cell> row;
  row.reserve(headings.size());
  for (const std::string& heading : headings) row.push_back({heading, Tone::heading});
  add(std::move(row));
}

void TextTable::add(std::vector<Cell> row) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (row[i].text.empty()) row[i].text = "-";
    widths_[i] = std::max(widths_[i], row[i].text.size());
  }
  rows_.push_back(std::move(row));
}

void TextTable::print(std::ostream& out, bool color) const {
  for (const std::vector<Cell>& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      print_cell(out, row[i], color);
      if (i + 1 < row.size()) out << std::string(widths_[i] - row[i].text.size() + 2, ' ');
    }
    out << '\n';
  }
}

}  // namespace leases::cli
