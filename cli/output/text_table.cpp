#include "cli/output/text_table.h"

#include <algorithm>
#include <iterator>
#include <numeric>
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

}  // namespace

std::string colored(const std::string& text, Tone tone) {
  return tone == Tone::plain ? text : escape_sequence(tone) + text + "\033[0m";
}

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

void TextTable::drop(const std::string& heading) {
  const auto column = std::ranges::find(rows_.front(), heading, &Cell::text) - rows_.front().begin();
  if (column == std::ssize(rows_.front())) return;
  for (std::vector<Cell>& row : rows_) row.erase(row.begin() + column);
  widths_.erase(widths_.begin() + column);
}

void TextTable::fit(std::size_t width, const std::vector<std::string>& headings) {
  for (const std::string& heading : headings) {
    if (this->width() <= width) return;
    drop(heading);
  }
}

std::size_t TextTable::width() const {
  return std::accumulate(widths_.begin(), widths_.end(), 2 * (widths_.size() - 1));
}

std::string TextTable::text(bool color) const {
  std::string text;
  for (const std::vector<Cell>& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += color ? colored(row[i].text, row[i].tone) : row[i].text;
      if (i + 1 < row.size()) text.append(widths_[i] - row[i].text.size() + 2, ' ');
    }
    text += '\n';
  }
  return text;
}

}  // namespace leases::cli
