#include "cli/output/standard_output.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "util/error.h"

namespace leases::cli {

namespace {

Error not_written(int error) {
  return errno_error("standard output", "cannot be written", error);
}

}  // namespace

void require_standard_output() {
  const int flags = ::fcntl(STDOUT_FILENO, F_GETFL);
  if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY) throw not_written(EBADF);
}

void print(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(STDOUT_FILENO, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw not_written(errno);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

void Output::flush() {
  print(text_);
  text_.clear();
}

}  // namespace leases::cli
