#include "store/store_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <initializer_list>
#include <string>
#include <utility>

#include "store/store_error.h"
#include "util/error.h"
#include "util/interruptions.h"

namespace leases {

namespace {

using std::chrono::steady_clock;

constexpr const char* kName = "lock";
constexpr std::chrono::seconds kSilence{1};

struct flock whole_file(short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  return lock;
}

/// On a read-only file system the file can be locked for reading, which still keeps writers out. That is
/// enough to make an index. If there is no file either, nobody can write, so no lock is needed: no
/// descriptor.
FileDescriptor open_lock(const Directory& directory, struct stat& status, short& type) {
  constexpr mode_t kMode = 0600;
  type = F_WRLCK;
  FileDescriptor file = directory.open(kName, O_RDWR | O_CREAT, kMode);
  if (file.number() < 0 && errno == EROFS) {
    type = F_RDLCK;
    file = directory.open(kName, O_RDONLY);
    if (file.number() < 0 && errno == ENOENT) return file;
  }
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0)
    throw errno_error(directory.path_of(kName), "cannot be opened", errno);
  if (!S_ISREG(status.st_mode)) throw Error(directory.path_of(kName) + ": is not a plain file; remove it");
  // Not if the file has another name elsewhere.
  const bool is_open_to_others = (status.st_mode & ~static_cast<mode_t>(S_IFMT)) != kMode;
  if (is_open_to_others && status.st_nlink == 1 && type == F_WRLCK && ::fchmod(file.number(), kMode) != 0)
    throw errno_error(directory.path_of(kName), "cannot be closed to others", errno);
  return file;
}

/// What a process calls itself; empty if it cannot be seen.
std::string program_of(pid_t process) {
  const std::string path = "/proc/" + std::to_string(process) + "/comm";
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 64> name{};
  const ssize_t length = file.number() < 0 ? 0 : ::read(file.number(), name.data(), name.size());
  const std::string text(name.data(), length < 0 ? 0 : static_cast<std::size_t>(length));
  return text.substr(0, text.find('\n'));
}

/// Who holds the lock and what can be done about it, as the middle of a sentence; empty if it is free now.
std::string holder_of(const FileDescriptor& file, short type) {
  struct flock lock = whole_file(type);
  if (::fcntl(file.number(), F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK) return {};
  if (lock.l_pid <= 0)
    return "a process that cannot be seen from here holds it (one of another container, or of another "
           "machine); let it go on, or end it there";
  const std::string process = std::to_string(lock.l_pid);
  const std::string program = program_of(lock.l_pid);
  std::string text = "process " + process;
  if (!program.empty()) text.append(" (").append(program).append(")");
  text.append(" holds it; let that go on (kill -CONT ").append(process);
  return text.append(") or end it (kill -KILL ").append(process).append(")");
}

std::string line_of(std::initializer_list<std::string_view> pieces) {
  std::string line;
  for (const std::string_view piece : pieces) line += piece;
  return line;
}

/// A wait that ends sooner looks at its clock more often.
Interruptions interruptions_of(const LockWait& wait) {
  return Interruptions(wait.until ? std::chrono::milliseconds(50) : kSilence);
}

bool is_over(const LockWait& wait) {
  return wait.until && wait.until->has_passed();
}

bool is_held_by_another(int error) {
  return error == EINTR || error == EAGAIN || error == EACCES;
}

void wait_for_lock(const FileDescriptor& file, const std::string& path, short type, const LockWait& wait) {
  const auto begin = steady_clock::now();
  const Interruptions interruptions = interruptions_of(wait);
  for (bool told = false;;) {
    const bool is_last = is_over(wait);
    struct flock lock = whole_file(type);
    if (::fcntl(file.number(), is_last ? F_SETLK : F_SETLKW, &lock) == 0) return;
    if (!is_held_by_another(errno)) throw errno_error(path, "cannot be locked", errno);
    if (!is_last && (told || steady_clock::now() - begin < kSilence)) continue;
    const std::string holder = holder_of(file, type);
    if (holder.empty()) continue;
    if (is_last) throw Error(line_of({path, ": gave up waiting for it: ", holder}));
    wait.tell(line_of({path, ": waiting for it: ", holder}));
    told = true;
  }
}

void wait_for_readers(const FileDescriptor& file, const std::string& path, const LockWait& wait) {
  if (::flock(file.number(), LOCK_EX | LOCK_NB) == 0) return;
  const Interruptions interruptions = interruptions_of(wait);
  for (;;) {
    const bool is_last = is_over(wait);
    if (::flock(file.number(), is_last ? LOCK_EX | LOCK_NB : LOCK_EX) == 0) return;
    if (!is_held_by_another(errno)) return;
    if (is_last)
      throw Error(path +
                  ": gave up waiting for it: another process that only reads holds it; let that go on or end "
                  "it");
  }
}

void lock(const FileDescriptor& file, const std::string& path, short type, const LockWait& wait) {
  struct flock lock = whole_file(type);
  if (::fcntl(file.number(), F_SETLK, &lock) != 0) {
    if (!is_held_by_another(errno)) throw errno_error(path, "cannot be locked", errno);
    wait_for_lock(file, path, type, wait);
  }
  // Only one of those who hold it for reading may go on.
  if (type == F_RDLCK) wait_for_readers(file, path, wait);
}

/// The system releases the lock when any descriptor of the file is closed, so the file is opened only here.
FileDescriptor locked_file(Directory& directory, const LockWait& wait) {
  for (;;) {
    struct stat opened {};
    short type = F_WRLCK;
    FileDescriptor file = open_lock(directory, opened, type);
    if (file.number() < 0) return file;
    lock(file, directory.path_of(kName), type, wait);
    // Somebody may have removed the file while we waited; then others lock another file.
    struct stat present {};
    if (::lstat(directory.path_of(kName).c_str(), &present) == 0 && is_same_file(present, opened))
      return file;
    directory = Directory::open_or_create(directory.path());
  }
}

}  // namespace

StoreLock::StoreLock(Directory& state_directory, const LockWait& wait)
    : file_(at_store(state_directory.path(), [&] { return locked_file(state_directory, wait); })) {}

/// Closing releases the lock too, but may fail.
StoreLock::~StoreLock() {
  if (file_.number() < 0) return;
  const struct flock lock = whole_file(F_UNLCK);
  ::fcntl(file_.number(), F_SETLK, &lock);
}

}  // namespace leases
