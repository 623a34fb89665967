#include "cli/output/progress.h"

#include <unistd.h>

#include <cinttypes>
#include <cstdio>

namespace leases::cli {

Progress::Progress()
    : on_terminal_(::isatty(STDERR_FILENO) == 1), next_(Clock::now() + std::chrono::seconds(1)) {}

void Progress::show() {
  const auto present = Clock::now();
  if (present < next_) return;
  next_ = present + std::chrono::milliseconds(200);
  shown_ = true;
  std::fprintf(stderr, "\r%" PRIu64 " done", steps_);
}

void Progress::show(const std::string& text) {
  if (!on_terminal_) return;
  shown_ = true;
  std::fprintf(stderr, "\r\033[K%s", text.c_str());
}

void Progress::finish() const {
  if (shown_) std::fputs("\r\033[K", stderr);
}

}  // namespace leases::cli
