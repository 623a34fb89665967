#include "cli/follow/followed_file.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

#include "util/clock.h"
#include "util/error.h"
#include "util/output_file.h"
#include "util/process.h"
#include "util/regular_file.h"
#include "util/stop_signals.h"

namespace leases::cli {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// From a failure, say of a full disk, to the next attempt.
constexpr milliseconds kBetweenAttempts{2000};
constexpr milliseconds kForEver{-1};

}  // namespace

FollowedFile::FollowedFile(const Settings& settings, Content content)
    : settings_(settings),
      content_(std::move(content)),
      stop_(stop_signals()),
      watch_(settings.runtime_directory) {}

void FollowedFile::run() {
  do {
    const auto begin = Clock::now();
    update();
    // A burst of events takes half of a processor at most.
    pollfd stop{stop_.number(), POLLIN, 0};
    ::poll(&stop, 1, static_cast<int>(std::chrono::ceil<milliseconds>(Clock::now() - begin).count()));
  } while (wait());
}

void FollowedFile::update() {
  log_.begin();
  watch_.renew();
  has_failed_ = false;
  try {
    look();
    if (!index_) return;
    // Before the command, which may take long.
    set_alarm();
    write_if_changed();
    if (has_news_) run_command();
  } catch (const Error& error) {
    log_line(error.what());
    has_failed_ = true;
  }
}

void FollowedFile::look() {
  try {
    index_ = IndexReader(settings_);
  } catch (const Error& error) {
    log_line(std::string(error.what()) + "; waiting for it");
  }
}

void FollowedFile::write_if_changed() {
  const RegularFile present = read_regular_file(content_.path);
  if (present.read() && content_.text(*index_, written_at_) == present.text) return;
  // A zone's serial number must grow with each of its states.
  const EpochSeconds time{std::max(now().value, written_at_.value + 1)};
  const std::optional<std::string> text = content_.text(*index_, time);
  if (!text || (present.read() && *text == present.text)) return;
  replace_file(content_.path, *text, content_.mode_of_new_file);
  written_at_ = time;
  has_news_ = !content_.command.empty();
}

void FollowedFile::run_command() {
  const auto result = run_program({{"/bin/sh", "-c", content_.command}, {}, ProgramCall::Output::shared}, {});
  has_news_ = result && result->status != 0;
  has_failed_ = has_news_;
  if (has_failed_)
    log_line("'" + content_.command + "' ended with exit status " + std::to_string(result->status));
}

void FollowedFile::set_alarm() {
  ExpiryTime next;
  for (const Lease& lease : index_->live_leases()) next = earlier(next, lease.expiry);
  watch_.set_alarm(next);
}

bool FollowedFile::wait() const {
  std::array<pollfd, 2> files{{{stop_.number(), POLLIN, 0}, {watch_.descriptor(), POLLIN, 0}}};
  const milliseconds time = has_failed_ ? kBetweenAttempts : kForEver;
  while (::poll(files.data(), files.size(), static_cast<int>(time.count())) < 0) {
    if (errno != EINTR) throw errno_error("poll", "failed", errno);
  }
  return files[0].revents == 0;
}

}  // namespace leases::cli
