#include "cli/output/standard_output.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "util/error.h"

namespace leases::cli {

void print(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(STDOUT_FILENO, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    // errno_error() would add advice that is about files of the store.
    if (count < 0)
      throw Error(std::string("standard output: cannot be written: ") + std::strerror(errno), errno);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

void Output::flush() {
  print(text_);
  text_.clear();
}

}  // namespace leases::cli
