#include "util/directory_watches.h"

#include <fcntl.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "util/error.h"

namespace leases {

namespace {

/// The system has the same number for both.
bool has_no_descriptor_left() {
  return FileDescriptor(::open("/", O_PATH | O_CLOEXEC)).number() < 0;
}

Error refusal(int error) {
  if (error != EMFILE || has_no_descriptor_left())
    return errno_error("inotify", "cannot be had from the system", error);
  return Error(
      "inotify: this user has no inotify instance left; raise their number, as root: sysctl "
      "fs.inotify.max_user_instances=1024");
}

}  // namespace

void DirectoryWatches::begin() {
  if (changes_.number() < 0) {
    changes_ = FileDescriptor(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    refused_ = changes_.number() < 0 ? errno : 0;
  }
  read([](const Report&) {});
  added_.clear();
}

int DirectoryWatches::add(const std::string& path, std::uint32_t events) {
  return add_any(path, IN_ONLYDIR | events);
}

int DirectoryWatches::add_file(const std::string& path, std::uint32_t events) {
  return add_any(path, events);
}

int DirectoryWatches::add_any(const std::string& path, std::uint32_t events) {
  if (changes_.number() < 0) throw refusal(refused_);
  const int watch = ::inotify_add_watch(changes_.number(), path.c_str(), events);
  if (watch >= 0) {
    added_.push_back(watch);
    return watch;
  }
  if (errno == ENOSPC) {
    throw Error(path + ": cannot be watched: this user has no inotify watch left; raise their number, as " +
                "root: sysctl fs.inotify.max_user_watches=524288");
  }
  if (!is_permanent(errno)) throw errno_error(path, "cannot be watched", errno);
  return -1;
}

void DirectoryWatches::end() {
  for (const int watch : watches_) {
    if (std::find(added_.begin(), added_.end(), watch) == added_.end())
      ::inotify_rm_watch(changes_.number(), watch);
  }
  watches_ = std::exchange(added_, {});
}

void DirectoryWatches::read(const std::function<void(const Report&)>& take) const {
  if (changes_.number() < 0) return;
  alignas(inotify_event) std::array<char, 0x4000> buffer;
  for (;;) {
    const ssize_t size = ::read(changes_.number(), buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return;
    for (const char* at = buffer.data(); at < buffer.data() + size;) {
      const auto* event = reinterpret_cast<const inotify_event*>(at);
      // The name is filled up with zeros.
      take({event->wd, event->mask, event->len > 0 ? std::string_view(event->name) : std::string_view()});
      at += sizeof(inotify_event) + event->len;
    }
  }
}

}  // namespace leases
