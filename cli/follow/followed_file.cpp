#include "cli/follow/followed_file.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <utility>

#include "util/clock.h"
#include "util/error.h"
#include "util/output_file.h"
#include "util/regular_file.h"
#include "util/stop_signals.h"

namespace leases::cli {

namespace {

using std::chrono::milliseconds;

/// From a failure, say of a full disk, to the next attempt.
constexpr milliseconds kBetweenAttempts{2000};
constexpr milliseconds kMostPause{1000};

}  // namespace

EpochSeconds time_of_state(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || status.st_mtim.tv_sec < 0) return {};
  return {static_cast<std::uint64_t>(status.st_mtim.tv_sec)};
}

EpochSeconds time_of_next_state(EpochSeconds before) {
  return {std::max(now().value, before.value + 1)};
}

FollowedFile::FollowedFile(const Settings& settings, Content content)
    : settings_(settings),
      content_(std::move(content)),
      stop_(stop_signals()),
      watch_(settings.runtime_directory),
      state_time_(time_of_state(content_.path)) {
  // The file comes first.
  if (!content_.command.empty() && state_time_.value != 0) command_due_ = Clock::now();
}

void FollowedFile::run() {
  update();
  while (wait()) {
  }
}

void FollowedFile::update() {
  const auto begin = Clock::now();
  log_.begin();
  try {
    watch_.renew();
    const bool has_looked = look();
    if (index_) set_alarm();
    has_failed_ = !(index_ && write_if_changed() && has_looked);
  } catch (const std::exception& error) {
    log_line(error.what());
    has_failed_ = true;
  }
  // A burst of events takes half of a processor at most.
  const auto pause = std::min<Clock::duration>(Clock::now() - begin, kMostPause);
  pause_ends_ = Clock::now() + (has_failed_ ? kBetweenAttempts : pause);
}

bool FollowedFile::look() {
  try {
    index_ = IndexReader(settings_);
    return true;
  } catch (const Error& error) {
    log_line(std::string(error.what()) + "; waiting for it");
    return false;
  }
}

bool FollowedFile::write_if_changed() {
  const auto text_at = content_.look(*index_);
  const auto as_before = text_at ? (*text_at)(state_time_) : std::nullopt;
  if (!as_before) return false;
  // A longer one is another.
  const RegularFile present = read_regular_file(content_.path, as_before->size());
  if (present.read() && present.text == *as_before) return true;
  const EpochSeconds time = time_of_next_state(state_time_);
  const auto text = (*text_at)(time);
  if (!text) return false;
  replace_file(content_.path, *text, content_.mode_of_new_file, time);
  state_time_ = time;
  if (!content_.command.empty()) command_due_ = Clock::now();
  return true;
}

void FollowedFile::set_alarm() {
  ExpiryTime next;
  const EpochSeconds present = now();
  index_->view().for_each_lease([&](const Lease& lease) {
    if (!lease.expiry.expired_at(present)) next = earlier(next, lease.expiry);
  });
  watch_.set_alarm(next);
}

void FollowedFile::run_command_if_due() {
  if (!command_due_ || command_ || Clock::now() < *command_due_) return;
  command_due_.reset();
  try {
    command_.emplace(std::vector<std::string>{"/bin/sh", "-c", content_.command});
  } catch (const Error& error) {
    log_line(error.what());
    command_due_ = Clock::now() + kBetweenAttempts;
  }
}

void FollowedFile::end_command() {
  const int status = command_->wait();
  command_.reset();
  if (status == 0) return;
  log_line("'" + content_.command + "' ended with exit status " + std::to_string(status));
  command_due_ = Clock::now() + kBetweenAttempts;
}

bool FollowedFile::wait() {
  run_command_if_due();
  const bool is_paused = Clock::now() < pause_ends_;
  std::array<pollfd, 3> files{{{stop_.number(), POLLIN, 0},
                               {is_paused ? -1 : watch_.descriptor(), POLLIN, 0},
                               {command_ ? command_->descriptor() : -1, POLLIN, 0}}};
  auto wake = Clock::time_point::max();
  if (is_paused || has_failed_) wake = pause_ends_;
  if (command_due_ && !command_) wake = std::min(wake, *command_due_);
  const auto left = std::chrono::ceil<milliseconds>(std::max(wake - Clock::now(), Clock::duration::zero()));
  const int time = wake == Clock::time_point::max() ? -1 : static_cast<int>(left.count());
  if (::poll(files.data(), files.size(), time) < 0) {
    if (errno != EINTR) throw errno_error("poll", "failed", errno);
    return true;
  }
  if (files[2].revents != 0) end_command();
  const bool is_retry_due = has_failed_ && Clock::now() >= pause_ends_;
  if (files[1].revents != 0 || is_retry_due) update();
  return files[0].revents == 0;
}

}  // namespace leases::cli
