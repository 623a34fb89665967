#include "helper/source_place.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <deque>
#include <string_view>
#include <utility>
#include <vector>

#include <climits>

namespace leases {

namespace {

/// As many as the system follows (path_resolution(7)).
constexpr int kMaxLinks = 40;

bool is_ours(const struct stat& status) {
  return status.st_uid == 0 || status.st_uid == ::geteuid();
}

bool is_writable_by_others(const struct stat& status) {
  return (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

/// A directory on the way.
struct Step {
  std::string path;  ///< as it was reached
  FileDescriptor descriptor;
  struct stat status;
  /// Nobody else can put another directory in its place, or in that of one above.
  bool is_safe;
};

/// The names of a path, in front of others.
void put_names_before(std::string_view path, std::deque<std::string>& names) {
  std::vector<std::string> added;
  while (!path.empty()) {
    const std::string_view name = path.substr(0, path.find('/'));
    if (!name.empty() && name != ".") added.emplace_back(name);
    path.remove_prefix(std::min(name.size() + 1, path.size()));
  }
  names.insert(names.begin(), added.begin(), added.end());
}

class Way {
 public:
  explicit Way(const std::string& path) : path_(path) {
    start();
    put_names_before(path, names_);
  }

  SourcePlace follow() {
    while (!names_.empty()) {
      const std::string name = std::move(names_.front());
      names_.pop_front();
      if (name == "..") {
        if (steps_.size() > 1) steps_.pop_back();
        continue;
      }
      struct stat status {};
      const bool is_there =
          ::fstatat(steps_.back().descriptor.number(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
      if (!is_there && errno != ENOENT) throw system_error(path_, "cannot be opened", errno);
      if (is_there && S_ISLNK(status.st_mode)) {
        if (!may_follow(status)) return {{}, {}, path_of(name)};
        follow_link(name);
      } else if (names_.empty()) {
        return {Directory::from(steps_.back().path, std::move(steps_.back().descriptor)), name};
      } else if (!is_there) {
        return {};
      } else {
        enter(name);
      }
    }
    return {Directory::from(steps_.back().path, std::move(steps_.back().descriptor)), "."};
  }

 private:
  void start() {
    steps_.clear();
    FileDescriptor root(::open("/", O_PATH | O_CLOEXEC));
    struct stat status {};
    if (root.number() < 0 || ::fstat(root.number(), &status) != 0)
      throw system_error(path_, "cannot be opened", errno);
    steps_.push_back({"", std::move(root), status, is_ours(status)});
  }

  [[nodiscard]] std::string path_of(const std::string& name) const { return steps_.back().path + '/' + name; }

  void enter(const std::string& name) {
    const Step& above = steps_.back();
    FileDescriptor directory(
        ::openat(above.descriptor.number(), name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat status {};
    if (directory.number() < 0 || ::fstat(directory.number(), &status) != 0)
      throw system_error(path_, "cannot be opened", errno);
    // In a directory like /tmp everybody can make names, but only take away and rename what is their own.
    const bool keeps_names = !is_writable_by_others(above.status) || (above.status.st_mode & S_ISVTX) != 0;
    const bool is_safe = above.is_safe && keeps_names && is_ours(status);
    steps_.push_back({path_of(name), std::move(directory), status, is_safe});
  }

  /// A link that others made a second name of (link(2)) belongs to root, too: so its directory must be closed
  /// to them.
  [[nodiscard]] bool may_follow(const struct stat& link) const {
    const Step& above = steps_.back();
    return above.is_safe && !is_writable_by_others(above.status) && is_ours(link);
  }

  /// Nobody else can put another link in its place.
  void follow_link(const std::string& name) {
    std::array<char, PATH_MAX> target;
    const ssize_t length =
        ::readlinkat(steps_.back().descriptor.number(), name.c_str(), target.data(), target.size());
    if (length < 0 || ++links_ > kMaxLinks)
      throw system_error(path_, "cannot be opened", length < 0 ? errno : ELOOP);
    const std::string_view text(target.data(), static_cast<std::size_t>(length));
    if (text.starts_with('/')) start();
    put_names_before(text, names_);
  }

  const std::string& path_;
  std::deque<std::string> names_;  ///< still to go
  std::vector<Step> steps_;        ///< from the root down
  int links_ = 0;
};

}  // namespace

SourcePlace place_of(const std::string& path) {
  return Way(path).follow();
}

std::optional<layout::FileStamp> stamp_at(const std::string& path) try {
  const SourcePlace place = place_of(path);
  if (!place.refused_link.empty()) return layout::FileStamp{};
  const auto status = place.directory ? place.directory->status_of(place.name) : std::nullopt;
  if (!status) return {};
  return stamp_of(*status);
} catch (const StoreError&) {
  return layout::FileStamp{};
}

}  // namespace leases
