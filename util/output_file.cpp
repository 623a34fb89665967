#include "util/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "util/error.h"
#include "util/file.h"
#include "util/resolved_path.h"

namespace leases {

namespace {

constexpr mode_t kPermissions = 0777;

Error not_written(const std::string& path, int error) {
  return Error(path + ": cannot be written: " + std::strerror(error) + "; what was there is still there");
}

std::filesystem::path followed(const std::string& path) {
  auto target = resolved_path(std::filesystem::absolute(path), [](const auto&) {});
  std::error_code error;
  if (std::filesystem::is_symlink(target, error)) throw not_written(path, ELOOP);
  return target;
}

/// Its name is unique, so that two exports to one file do not collide. It is removed with this object.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::filesystem::path& target)
      : target_(target.string()),
        path_((target.parent_path() / ('.' + target.filename().string() + ".XXXXXX")).string()),
        descriptor_(::mkostemp(path_.data(), O_CLOEXEC)) {
    if (descriptor_.number() < 0) throw not_written(target_, errno);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { ::unlink(path_.c_str()); }

  /// Gives it the owner, group and mode of the file whose place it takes. Only root may give files away.
  void become_like(const struct stat& before) const {
    if (::fchown(descriptor_.number(), before.st_uid, before.st_gid) != 0 && errno != EPERM)
      throw not_written(target_, errno);
    set_mode(before.st_mode & kPermissions);
  }

  void set_mode(mode_t mode) const {
    if (::fchmod(descriptor_.number(), mode) != 0) throw not_written(target_, errno);
  }

  void write(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t count = ::write(descriptor_.number(), text.data(), text.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) throw not_written(target_, errno);
      text.remove_prefix(static_cast<std::size_t>(count));
    }
    if (::fsync(descriptor_.number()) != 0) throw not_written(target_, errno);
  }

  void put_in_place() const {
    if (::rename(path_.c_str(), target_.c_str()) != 0) throw not_written(target_, errno);
  }

 private:
  std::string target_;
  std::string path_;
  FileDescriptor descriptor_;
};

}  // namespace

void replace_file(const std::string& path, std::string_view text, mode_t mode_of_new_file) {
  const std::filesystem::path target = followed(path);
  struct stat status {};
  const bool is_there = ::stat(target.c_str(), &status) == 0;
  // Renaming onto /dev/null or the like would take it from everybody.
  if (is_there && !S_ISREG(status.st_mode))
    throw Error(path + ": is not a plain file; name another, or send standard output there");
  const TemporaryFile file(target);
  if (is_there) {
    file.become_like(status);
  } else {
    file.set_mode(mode_of_new_file);
  }
  file.write(text);
  file.put_in_place();
}

}  // namespace leases
