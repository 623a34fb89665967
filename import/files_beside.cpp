#include "import/files_beside.h"

#include <algorithm>
#include <cstddef>

#include "store/file_stamp.h"
#include "store/source_place.h"

namespace leases {

namespace {

bool is_same_file(const layout::FileStamp& a, const layout::FileStamp& b) {
  return a.device == b.device && a.inode == b.inode;
}

}  // namespace

FilesBeside::FilesBeside(const SourceFile& source) : path_(source.path) {
  const auto endings = properties_of(source.kind).beside;
  for (std::size_t i = 0; i < endings.size(); ++i) {
    if (endings[i].empty() || (i > 0 && files_[0].is_there())) continue;
    paths_[i] = path_ + std::string(endings[i]);
    files_[i] = find_file(paths_[i]);
  }
}

bool FilesBeside::any() const {
  return std::ranges::any_of(files_, &FoundFile::is_there);
}

std::string FilesBeside::unusable() const {
  for (std::size_t i = 0; i < files_.size(); ++i) {
    const auto& [file, refused_link] = files_[i];
    if (file.state == RegularFile::State::unusable || !refused_link.empty()) return paths_[i];
  }
  return {};
}

bool FilesBeside::are_in_place(const layout::FileStamp& stamp) const {
  const auto present = stamp_at(path_);
  if (!is_same_file(present.value_or(layout::FileStamp{}), stamp)) return false;
  for (std::size_t i = 0; i < files_.size(); ++i) {
    if (paths_[i].empty()) continue;
    const RegularFile& file = files_[i].file;
    const auto before = file.read() ? stamp_of(file.status) : layout::FileStamp{};
    const auto now = stamp_at(paths_[i]).value_or(layout::FileStamp{});
    if (!is_same_file(before, now) || before.size != now.size) return false;
  }
  return true;
}

std::int64_t FilesBeside::written_ns() const {
  std::int64_t latest = 0;
  for (const FoundFile& found : files_) {
    if (found.file.read()) latest = std::max(latest, stamp_of(found.file.status).modified_ns);
  }
  return latest;
}

std::array<std::optional<std::string_view>, 3> FilesBeside::texts() const {
  std::array<std::optional<std::string_view>, 3> texts;
  for (std::size_t i = 0; i < files_.size(); ++i) {
    if (files_[i].file.read()) texts[i] = files_[i].file.text;
  }
  return texts;
}

}  // namespace leases
