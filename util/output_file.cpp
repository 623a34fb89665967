#include "util/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include <climits>

#include "util/directory.h"
#include "util/error.h"
#include "util/file.h"
#include "util/new_file.h"
#include "util/resolved_path.h"

namespace leases {

namespace {

namespace fs = std::filesystem;

Error not_written(const std::string& path, int error) {
  return Error(path + ": cannot be written: " + std::strerror(error) + "; what was there is still there");
}

/// Whether this process lets somebody decide what it writes to. Another user's link may lead to a file that
/// this process may write and that user may not.
bool is_trusted(uid_t owner) {
  return owner == 0 || owner == ::geteuid();
}

/// What is in the file's place, and the directory that it is in.
struct Place {
  /// Whether a stranger may have put it there: in a sticky directory, everybody can, and keeps control of it.
  [[nodiscard]] bool may_be_planted() const {
    const struct stat around = directory.status();
    const bool is_shared = (around.st_mode & S_ISVTX) != 0 && (around.st_mode & (S_IWGRP | S_IWOTH)) != 0;
    return is_shared && !is_trusted(present->st_uid) && present->st_uid != around.st_uid;
  }

  Directory directory;
  std::string name;
  std::optional<struct stat> present{};
};

/// The way to a file, from the root down. What stands at a name is opened once, and that is looked at and
/// followed: another user may put something else there at any moment.
class WayOut {
 public:
  explicit WayOut(std::string path) : path_(std::move(path)) { prepend(fs::absolute(path_)); }

  /// Where it ends. Another user's link at its end is the end.
  Place end() {
    while (!names_.empty()) {
      const fs::path name = std::move(names_.front());
      names_.pop_front();
      if (name.empty() || name == "." || go_up(name)) continue;
      const FileDescriptor found = opened(name);
      if (found.number() < 0 && (errno != ENOENT || !names_.empty())) throw not_written(path_, errno);
      const auto status = found.number() < 0 ? std::nullopt : std::optional(status_of(found));
      const bool is_link = status && S_ISLNK(status->st_mode);
      if (is_link && is_trusted(status->st_uid)) {
        follow(found);
      } else if (names_.empty()) {
        return {Directory::from(reached_.string(), duplicate(here())), name.string(), status};
      } else {
        if (is_link) refuse(reached_ / name);
        steps_.push_back(duplicate(found));
        reached_ /= name;
      }
    }
    throw not_written(path_, EISDIR);
  }

 private:
  [[nodiscard]] const FileDescriptor& here() const { return steps_.back(); }

  [[nodiscard]] FileDescriptor opened(const fs::path& name) const {
    constexpr int kFlags = O_PATH | O_NOFOLLOW | O_CLOEXEC;
    // Only what is opened as a directory is mounted by an automounter.
    if (!names_.empty()) {
      FileDescriptor directory(::openat(here().number(), name.c_str(), kFlags | O_DIRECTORY));
      if (directory.number() >= 0) return directory;
    }
    return FileDescriptor(::openat(here().number(), name.c_str(), kFlags));
  }

  void prepend(const fs::path& path) {
    if (path.is_absolute()) start();
    const fs::path relative = path.relative_path();
    names_.insert(names_.begin(), relative.begin(), relative.end());
  }

  void start() {
    steps_.clear();
    reached_ = "/";
    steps_.emplace_back(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (here().number() < 0) throw not_written(path_, errno);
  }

  bool go_up(const fs::path& name) {
    if (name != "..") return false;
    if (steps_.size() > 1) steps_.pop_back();
    reached_ = reached_.parent_path();
    return true;
  }

  [[nodiscard]] FileDescriptor duplicate(const FileDescriptor& descriptor) const {
    FileDescriptor copy(::fcntl(descriptor.number(), F_DUPFD_CLOEXEC, 0));
    if (copy.number() < 0) throw not_written(path_, errno);
    return copy;
  }

  [[nodiscard]] struct stat status_of(const FileDescriptor& found) const {
    struct stat status {};
    if (::fstat(found.number(), &status) != 0) throw not_written(path_, errno);
    return status;
  }

  void follow(const FileDescriptor& link) {
    std::array<char, PATH_MAX> target;
    const ssize_t length = ::readlinkat(link.number(), "", target.data(), target.size());
    if (length < 0 || ++links_ > kMaxLinks) throw not_written(path_, length < 0 ? errno : ELOOP);
    prepend(std::string(target.data(), static_cast<std::size_t>(length)));
  }

  [[noreturn]] void refuse(const fs::path& link) const {
    throw Error(path_ + ": leads through " + link.string() +
                ", a symbolic link of another user, which is not followed; name the file without it");
  }

  std::string path_;  ///< for messages
  std::deque<fs::path> names_;
  std::vector<FileDescriptor> steps_;  ///< from the root to the directory that is reached
  fs::path reached_;
  int links_ = 0;
};

}  // namespace

void replace_file(const std::string& path, std::string_view text, mode_t mode_of_new_file,
                  std::optional<EpochSeconds> time) {
  const Place place = WayOut(path).end();
  const bool is_link = place.present && S_ISLNK(place.present->st_mode);
  // Renaming onto /dev/null or the like would take it from everybody.
  if (place.present && !is_link && !S_ISREG(place.present->st_mode))
    throw Error(path + ": is not a plain file; name another, or send standard output there");
  try {
    NewFile file(place.directory, place.name, NewFile::Writers::many);
    if (place.present && !is_link && !place.may_be_planted()) {
      file.become_like(*place.present);
    } else {
      file.set_mode(mode_of_new_file);
    }
    file.write(std::array{text});
    if (time) file.set_time(*time);
    file.sync();
    file.put_in_place();
  } catch (const Error& error) {
    throw not_written(place.directory.path_of(place.name), error.error());
  }
}

}  // namespace leases
