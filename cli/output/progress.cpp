#include "cli/output/progress.h"

#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <string_view>

#include "cli/output/terminal.h"

namespace leases::cli {

namespace {

/// A line that the terminal wrapped could not be removed. The last column is left free, since some terminals
/// wrap after writing it.
std::string cut_to_terminal(const std::string& text) {
  constexpr std::string_view kCut = "...";
  const std::size_t width = terminal_width(STDERR_FILENO) - 1;
  if (text.size() <= width) return text;
  return width < kCut.size() ? std::string() : text.substr(0, width - kCut.size()).append(kCut);
}

}  // namespace

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
  std::fprintf(stderr, "\r\033[K%s", cut_to_terminal(text).c_str());
}

void Progress::finish() const {
  if (shown_) std::fputs("\r\033[K", stderr);
}

}  // namespace leases::cli
