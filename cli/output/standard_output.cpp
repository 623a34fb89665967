#include "cli/output/standard_output.h"

#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "util/error.h"

namespace leases::cli {

void Output::flush() {
  std::string_view rest = text_;
  while (!rest.empty()) {
    const ssize_t count = ::write(STDOUT_FILENO, rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw errno_error("standard output", "cannot be written", errno);
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  text_.clear();
}

}  // namespace leases::cli
