#include "util/new_file.h"

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <ctime>
#include <utility>

#include "util/error.h"

namespace leases {

namespace {

constexpr mode_t kFileMode = 0644;
constexpr mode_t kPrivateMode = 0600;
constexpr mode_t kPermissions = 0777;
constexpr int kCreate = O_RDWR | O_CREAT | O_EXCL;

}  // namespace

NewFile::NewFile(const Directory& directory, std::string name, Writers writers)
    : directory_(directory), name_(std::move(name)) {
  writers == Writers::one ? create() : create_unique();
  if (descriptor_.number() < 0)
    throw errno_error(directory_.path_of(temporary_name_), "cannot be created", errno);
}

void NewFile::create() {
  temporary_name_ = '.' + name_ + ".new";
  descriptor_ = directory_.open(temporary_name_, kCreate, kFileMode);
  if (descriptor_.number() < 0 && errno == EEXIST) {
    directory_.remove_if_there(temporary_name_);
    descriptor_ = directory_.open(temporary_name_, kCreate, kFileMode);
  }
  if (descriptor_.number() < 0 && errno == EEXIST) {
    // Somebody made a directory there, which must not stop all writers. It may be full of anything, so it
    // stays.
    temporary_name_ += '-' + std::to_string(::getpid());
    descriptor_ = directory_.open(temporary_name_, kCreate, kFileMode);
  }
}

void NewFile::create_unique() {
  do {
    std::uint64_t number = 0;
    if (::getrandom(&number, sizeof number, 0) != sizeof number)
      throw errno_error("getrandom", "failed", errno);
    temporary_name_ = '.' + name_ + '.' + std::to_string(number);
    descriptor_ = directory_.open(temporary_name_, kCreate, kPrivateMode);
  } while (descriptor_.number() < 0 && errno == EEXIST);
}

NewFile::~NewFile() {
  if (!in_place_) directory_.remove_if_there(temporary_name_);
}

void NewFile::become_like(const struct stat& other) {
  if (::fchown(descriptor_.number(), other.st_uid, other.st_gid) != 0 && errno != EPERM)
    throw errno_error(directory_.path_of(temporary_name_), "cannot be given to its owner", errno);
  set_mode(other.st_mode & kPermissions);
}

void NewFile::set_mode(mode_t mode) {
  if (::fchmod(descriptor_.number(), mode) != 0)
    throw errno_error(directory_.path_of(temporary_name_), "cannot be given its mode", errno);
}

void NewFile::write(std::span<const std::string_view> pieces) {
  for (const std::string_view piece : pieces) {
    std::size_t written = 0;
    while (written < piece.size()) {
      const ssize_t count = ::write(descriptor_.number(), piece.data() + written, piece.size() - written);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) throw errno_error(directory_.path_of(temporary_name_), "cannot be written", errno);
      written += static_cast<std::size_t>(count);
    }
  }
}

void NewFile::set_time(EpochSeconds time) {
  const timespec seconds{static_cast<std::time_t>(time.value), 0};
  if (::futimens(descriptor_.number(), std::array{seconds, seconds}.data()) != 0)
    throw errno_error(directory_.path_of(temporary_name_), "cannot be given its time", errno);
}

void NewFile::reserve(std::size_t size) {
  struct stat status {};
  if (::fstat(descriptor_.number(), &status) != 0) {
    throw errno_error(directory_.path_of(temporary_name_), "cannot be examined", errno);
  }
  // posix_fallocate writes where the file system cannot allocate; it returns its error.
  int error = EINTR;
  while (error == EINTR)
    error = ::posix_fallocate(descriptor_.number(), status.st_size, static_cast<off_t>(size));
  if (error != 0) throw errno_error(directory_.path_of(temporary_name_), "cannot be extended", error);
}

void NewFile::sync() {
  if (::fsync(descriptor_.number()) != 0) {
    throw errno_error(directory_.path_of(temporary_name_), "cannot be written to disk", errno);
  }
}

struct stat NewFile::put_in_place() {
  directory_.rename(temporary_name_, name_);
  in_place_ = true;
  struct stat status {};
  if (::fstat(descriptor_.number(), &status) != 0)
    throw errno_error(directory_.path_of(name_), "cannot be examined", errno);
  return status;
}

}  // namespace leases
