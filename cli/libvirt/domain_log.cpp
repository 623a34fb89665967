#include "cli/libvirt/domain_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>

#include "util/error.h"
#include "util/file.h"

namespace leases::cli {

std::string log_end_of_domain(const std::string& directory, const std::string& domain) {
  // After the reason, QEMU may still write some lines.
  constexpr off_t kEnd = 65'536;
  const std::string path = directory + '/' + domain + ".log";
  const FileDescriptor log(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat status {};
  if (log.number() < 0 || ::fstat(log.number(), &status) != 0)
    throw errno_error(path, "cannot be read", errno);
  const off_t begin = std::max<off_t>(status.st_size - kEnd, 0);
  std::string text(static_cast<std::size_t>(status.st_size - begin), '\0');
  std::size_t length = 0;
  while (length < text.size()) {
    const ssize_t count =
        ::pread(log.number(), text.data() + length, text.size() - length, begin + static_cast<off_t>(length));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw errno_error(path, "cannot be read", errno);
    if (count == 0) break;
    length += static_cast<std::size_t>(count);
  }
  text.resize(length);
  return text;
}

std::string_view stop_reason(std::string_view log) {
  constexpr std::string_view kMark = ": shutting down, reason=";
  const std::size_t mark = log.rfind(kMark);
  if (mark == std::string_view::npos) return {};
  log.remove_prefix(mark + kMark.size());
  return log.substr(0, log.find('\n'));
}

bool has_ended_for_good(std::string_view reason) {
  return reason == "shutdown" || reason == "destroyed" || reason == "crashed";
}

}  // namespace leases::cli
