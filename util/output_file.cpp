#include "util/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <optional>
#include <random>
#include <system_error>
#include <utility>

#include "util/error.h"
#include "util/file.h"
#include "util/resolved_path.h"

namespace leases {

namespace {

namespace fs = std::filesystem;

constexpr mode_t kPermissions = 0777;

Error not_written(const std::string& path, int error) {
  return Error(path + ": cannot be written: " + std::strerror(error) + "; what was there is still there");
}

/// Whether this process lets somebody decide what it writes to. Another user's link may lead to a file that
/// this process may write and that user may not.
bool is_trusted(uid_t owner) {
  return owner == 0 || owner == ::geteuid();
}

bool is_foreign_link(const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode) && !is_trusted(status.st_uid);
}

fs::path followed_directory(const std::string& path, const fs::path& directory) {
  return resolved_path(directory, [&](const fs::path& step) {
    if (is_foreign_link(step))
      throw Error(path + ": leads through " + step.string() +
                  ", a symbolic link of another user, which is not followed; name the file without it");
  });
}

/// Where the path leads. Another user's link at its end is the end.
fs::path followed(const std::string& path) {
  fs::path place = fs::absolute(path);
  for (int links = 0; links <= kMaxLinks; ++links) {
    place = followed_directory(path, place.parent_path()) / place.filename();
    std::error_code error;
    const fs::path target = fs::read_symlink(place, error);
    if (error || is_foreign_link(place)) return place;
    place = place.parent_path() / target;
  }
  throw not_written(path, ELOOP);
}

/// Opens a directory whose path has no link, so that none put there meanwhile is followed either.
FileDescriptor open_without_links(const fs::path& directory) {
  FileDescriptor opened(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  for (const fs::path& name : directory.relative_path()) {
    opened = FileDescriptor(
        ::openat(opened.number(), name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (opened.number() < 0) throw not_written(directory.string(), errno);
  }
  return opened;
}

/// What is in the file's place, and the directory that it is in.
struct Place {
  explicit Place(const fs::path& target)
      : path(target.string()),
        name(target.filename().string()),
        directory(open_without_links(target.parent_path())) {
    struct stat status {};
    if (::fstatat(directory.number(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) present = status;
  }

  /// Whether a stranger may have put it there: in a sticky directory, everybody can, and keeps control of it.
  [[nodiscard]] bool may_be_planted() const {
    struct stat status {};
    if (::fstat(directory.number(), &status) != 0) throw not_written(path, errno);
    const bool is_shared = (status.st_mode & S_ISVTX) != 0 && (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
    return is_shared && !is_trusted(present->st_uid) && present->st_uid != status.st_uid;
  }

  std::string path;
  std::string name;
  FileDescriptor directory;
  std::optional<struct stat> present{};
};

/// Its name is unique, so that two exports to one file do not collide. It is removed with this object.
class TemporaryFile {
 public:
  explicit TemporaryFile(const Place& place) : place_(place) {
    std::random_device random;
    do {
      name_ = '.' + place.name + '.' + std::to_string(random());
      descriptor_ = FileDescriptor(::openat(place.directory.number(), name_.c_str(),
                                            O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    } while (descriptor_.number() < 0 && errno == EEXIST);
    if (descriptor_.number() < 0) throw not_written(place.path, errno);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { ::unlinkat(place_.directory.number(), name_.c_str(), 0); }

  /// Gives it the owner, group and mode of the file whose place it takes. Only root may give files away.
  void become_like(const struct stat& before) const {
    if (::fchown(descriptor_.number(), before.st_uid, before.st_gid) != 0 && errno != EPERM)
      throw not_written(place_.path, errno);
    set_mode(before.st_mode & kPermissions);
  }

  void set_mode(mode_t mode) const {
    if (::fchmod(descriptor_.number(), mode) != 0) throw not_written(place_.path, errno);
  }

  void write(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t count = ::write(descriptor_.number(), text.data(), text.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) throw not_written(place_.path, errno);
      text.remove_prefix(static_cast<std::size_t>(count));
    }
    if (::fsync(descriptor_.number()) != 0) throw not_written(place_.path, errno);
  }

  void put_in_place() const {
    const int directory = place_.directory.number();
    if (::renameat(directory, name_.c_str(), directory, place_.name.c_str()) != 0)
      throw not_written(place_.path, errno);
  }

 private:
  const Place& place_;
  std::string name_;
  FileDescriptor descriptor_{-1};
};

}  // namespace

void replace_file(const std::string& path, std::string_view text, mode_t mode_of_new_file) {
  const Place place(followed(path));
  const bool is_link = place.present && S_ISLNK(place.present->st_mode);
  // Renaming onto /dev/null or the like would take it from everybody.
  if (place.present && !is_link && !S_ISREG(place.present->st_mode))
    throw Error(path + ": is not a plain file; name another, or send standard output there");
  const TemporaryFile file(place);
  if (place.present && !is_link && !place.may_be_planted()) {
    file.become_like(*place.present);
  } else {
    file.set_mode(mode_of_new_file);
  }
  file.write(text);
  file.put_in_place();
}

}  // namespace leases
