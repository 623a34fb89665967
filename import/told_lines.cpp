#include "import/told_lines.h"

#include "import/record_problem.h"

namespace leases {

namespace {

/// A line begins with the path that it is about. Of a path with a blank the part before it does as well:
/// then some files share what one may have.
std::string_view file_of(std::string_view line) {
  return line.substr(0, line.find(' '));
}

}  // namespace

bool ToldLines::tell(std::string_view line, Time now) {
  forget(now);
  if (size() >= kMost) return false;
  OfFile& lines = files_[std::string(file_of(line))];
  return lines.size() < kMostOfFile && lines.try_emplace(std::string(without_count(line)), now).second;
}

void ToldLines::forget(Time now) {
  for (auto& [file, lines] : files_)
    std::erase_if(lines, [now](const auto& told) { return now - told.second > kSilence; });
  std::erase_if(files_, [](const auto& file) { return file.second.empty(); });
}

std::size_t ToldLines::size() const {
  std::size_t size = 0;
  for (const auto& [file, lines] : files_) size += lines.size();
  return size;
}

}  // namespace leases
