#include "cli/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "helper/file.h"

namespace leases::cli {

namespace {

constexpr mode_t kPermissions = 0777;

StoreError not_written(const std::string& path, int error) {
  return StoreError(path + ": cannot be written: " + std::strerror(error) +
                    "; what was there is still there");
}

/// Where a path leads, be there something or not.
std::filesystem::path followed(const std::string& path) {
  namespace fs = std::filesystem;
  constexpr int kMostLinks = 40;  // as the kernel: path_resolution(7)
  fs::path target = fs::absolute(path);
  std::error_code error;
  for (int links = 0; fs::is_symlink(target, error); ++links) {
    if (links == kMostLinks) throw not_written(path, ELOOP);
    target = target.parent_path() / fs::read_symlink(target, error);
    if (error) throw not_written(path, error.value());
  }
  return target;
}

/// Under a name of its own, so that two exports into one file do not meet; it goes with this object.
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

  void write(std::string_view text, mode_t mode) const {
    while (!text.empty()) {
      const ssize_t count = ::write(descriptor_.number(), text.data(), text.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) throw not_written(target_, errno);
      text.remove_prefix(static_cast<std::size_t>(count));
    }
    if (::fchmod(descriptor_.number(), mode) != 0 || ::fsync(descriptor_.number()) != 0)
      throw not_written(target_, errno);
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
    throw StoreError(path + ": is not a plain file; name another, or send standard output there");
  const TemporaryFile file(target);
  file.write(text, is_there ? status.st_mode & kPermissions : mode_of_new_file);
  file.put_in_place();
}

}  // namespace leases::cli
