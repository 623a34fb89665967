#include "store/source_place.h"

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

#include "store/file_stamp.h"
#include "util/error.h"

namespace leases {

namespace {

/// As many as the system follows (path_resolution(7)).
constexpr int kMaxPlaceLinks = 40;

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
  /// No other user can replace it, or a directory above it.
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

/// A way that goes through directories, from the root.
class Way {
 public:
  /// Goes to a directory. False if it does not exist, or a link is refused.
  bool go_to(std::string_view path) {
    path_ = path;
    start();
    put_names_before(path, names_);
    return go_on();
  }

  /// A file of the directory that was reached. If it is a link, another directory is reached.
  SourcePlace find(std::string name) {
    for (;;) {
      SourcePlace place{Directory::from(here().path, duplicate(here().descriptor)), name};
      place.status = status_of(name);
      if (!place.status || !S_ISLNK(place.status->st_mode)) return place;
      if (!may_follow(name, *place.status)) return end();
      follow_link(name);
      name = take_last_name();
      if (!go_on()) return end();
    }
  }

  /// Where the way ended.
  [[nodiscard]] SourcePlace end() const { return {{}, {}, {}, refused_link_}; }
  [[nodiscard]] bool has_followed_links() const { return links_ > 0; }

 private:
  [[nodiscard]] const Step& here() const { return steps_.back(); }

  [[nodiscard]] FileDescriptor duplicate(const FileDescriptor& descriptor) const {
    FileDescriptor copy(::fcntl(descriptor.number(), F_DUPFD_CLOEXEC, 0));
    if (copy.number() < 0) throw errno_error(path_, "cannot be opened", errno);
    return copy;
  }

  [[nodiscard]] std::optional<struct stat> status_of(const std::string& name) const {
    struct stat status {};
    if (::fstatat(here().descriptor.number(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) return status;
    if (errno == ENOENT) return {};
    throw errno_error(path_, "cannot be opened", errno);
  }

  bool go_on() {
    while (!names_.empty()) {
      const std::string name = std::move(names_.front());
      names_.pop_front();
      if (name == "..") {
        if (steps_.size() > 1) steps_.pop_back();
        continue;
      }
      const auto status = status_of(name);
      if (!status) return false;
      if (!S_ISLNK(status->st_mode)) {
        enter(name);
      } else if (may_follow(name, *status)) {
        follow_link(name);
      } else {
        return false;
      }
    }
    return true;
  }

  /// The name of the file, which may be that of a directory, too.
  std::string take_last_name() {
    if (names_.empty() || names_.back() == "..") return ".";
    std::string name = std::move(names_.back());
    names_.pop_back();
    return name;
  }

  void start() {
    steps_.clear();
    FileDescriptor root(::open("/", O_PATH | O_CLOEXEC));
    struct stat status {};
    if (root.number() < 0 || ::fstat(root.number(), &status) != 0)
      throw errno_error(path_, "cannot be opened", errno);
    steps_.push_back({"", std::move(root), status, is_ours(status)});
  }

  [[nodiscard]] std::string path_of(const std::string& name) const { return steps_.back().path + '/' + name; }

  void enter(const std::string& name) {
    const Step& above = steps_.back();
    FileDescriptor directory(
        ::openat(above.descriptor.number(), name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat status {};
    if (directory.number() < 0 || ::fstat(directory.number(), &status) != 0)
      throw errno_error(path_, "cannot be opened", errno);
    // In a directory like /tmp everybody can create names, but remove and rename only their own.
    const bool keeps_names = !is_writable_by_others(above.status) || (above.status.st_mode & S_ISVTX) != 0;
    const bool is_safe = above.is_safe && keeps_names && is_ours(status);
    steps_.push_back({path_of(name), std::move(directory), status, is_safe});
  }

  /// If others gave a link of root's a second name (link(2)), that belongs to root as well, so they must not
  /// be able to write in its directory.
  bool may_follow(const std::string& name, const struct stat& link) {
    if (here().is_safe && !is_writable_by_others(here().status) && is_ours(link)) return true;
    refused_link_ = path_of(name);
    return false;
  }

  /// No other user can replace the link.
  void follow_link(const std::string& name) {
    std::array<char, PATH_MAX> target;
    const ssize_t length =
        ::readlinkat(steps_.back().descriptor.number(), name.c_str(), target.data(), target.size());
    if (length < 0 || ++links_ > kMaxPlaceLinks)
      throw errno_error(path_, "cannot be opened", length < 0 ? errno : ELOOP);
    const std::string_view text(target.data(), static_cast<std::size_t>(length));
    if (text.starts_with('/')) start();
    put_names_before(text, names_);
  }

  std::string path_;               ///< for messages
  std::deque<std::string> names_;  ///< still to go
  std::vector<Step> steps_;        ///< from the root down
  int links_ = 0;
  std::string refused_link_;
};

/// The name of the file at the end of a path, and the path before it.
std::pair<std::string_view, std::string_view> directory_and_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {std::string_view(), path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

}  // namespace

struct SourcePlaces::Reached {
  std::string directory;
  Way way;
};

SourcePlaces::SourcePlaces() = default;
SourcePlaces::~SourcePlaces() = default;

SourcePlace SourcePlaces::find(const std::string& path) {
  const auto [directory, name] = directory_and_name(path);
  if (!reached_ || reached_->directory != directory) {
    auto reached = std::make_unique<Reached>();
    reached->directory = directory;
    reached_.reset();
    if (!reached->way.go_to(directory)) return reached->way.end();
    reached_ = std::move(reached);
  }
  SourcePlace place = reached_->way.find(std::string(name));
  if (reached_->way.has_followed_links()) reached_.reset();
  return place;
}

SourcePlace place_of(const std::string& path) {
  return SourcePlaces().find(path);
}

std::optional<layout::FileStamp> stamp_at(const std::string& path) {
  SourcePlaces places;
  return stamp_at(path, places);
}

std::optional<layout::FileStamp> stamp_at(const std::string& path, SourcePlaces& places) try {
  const SourcePlace place = places.find(path);
  if (!place.refused_link.empty()) return layout::FileStamp{};
  if (!place.status) return {};
  return stamp_of(*place.status);
} catch (const Error&) {
  return layout::FileStamp{};
}

}  // namespace leases
