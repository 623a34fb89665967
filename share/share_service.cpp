#include "share/share_service.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <utility>

#include "share/host_sign.h"
#include "store/network_name.h"
#include "store/own_names.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/log.h"
#include "util/regular_file.h"
#include "util/stop_signals.h"

namespace leases::share {

namespace {

constexpr std::chrono::milliseconds kLongestWait{60'000};
/// After files could not be written.
constexpr std::chrono::milliseconds kRetry{1000};
constexpr std::chrono::milliseconds kBetweenWrites{2};
constexpr std::size_t kMaxPassword = 4096;

}  // namespace

std::string shared_host_name(const Settings& settings) {
  if (!settings.share.host.empty()) return settings.share.host;
  const std::vector<std::string> names = own_names(settings.hostname_file);
  if (!names.empty() && !shared_network_name(names.front(), "x").empty()) return names.front();
  throw Error(settings.path +
              ": this machine has no name that others can know it by; give it one with 'host' "
              "in the [share] section");
}

namespace {

std::string shared_directory(const Settings& settings) {
  return settings.state_directory + '/' + std::string(kSharedDirectory);
}

/// The first line of the file.
std::string password_in(const std::string& path) {
  const RegularFile file = read_regular_file(path, kMaxPassword);
  if (!file.read())
    throw Error(path + ": " + (file.state == RegularFile::State::absent ? "does not exist" : file.problem()) +
                "; put the password of etcd's user there, where this user can read it");
  return file.text.substr(0, file.text.find('\n'));
}

}  // namespace

ShareService::ShareService(const Settings& settings)
    : settings_(settings),
      directory_(shared_directory(settings)),
      host_(shared_host_name(settings)),
      stop_(stop_signals()),
      index_(settings.runtime_directory),
      on_trouble_([this](const std::string& why) { trouble(why); }),
      client_(settings.share),
      peers_(settings.share, directory_, host_),
      watch_(client_, peers_, on_trouble_),
      publisher_(client_, settings, host_, own_instance(directory_), on_trouble_) {}

void ShareService::connect() {
  state_ = State::connecting;
  if (settings_.share.user.empty()) {
    begin();
  } else {
    authenticate();
  }
}

void ShareService::authenticate() {
  client_.use_token({});
  const std::string password = password_in(settings_.share.password_file);
  client_.send(authenticate_request(settings_.share.user, password), [this](const EtcdOutcome& outcome) {
    if (!outcome.failure.empty()) return trouble(outcome.failure);
    if (!outcome.reply.error.empty()) return trouble(outcome.reply.error);
    client_.use_token(outcome.reply.token);
    begin();
  });
}

void ShareService::begin() {
  state_ = State::connected;
  next_probe_ = SteadyClock::now() + settings_.share.time_out / 3;
  watch_.start();
  publisher_.start();
}

/// All that was begun is dropped; what is known stays.
void ShareService::trouble(const std::string& why) {
  if (state_ == State::waiting) return;
  const std::string text = client_.endpoint() + ": " + why;
  // Of several members that fail, each would be told again and again.
  if (told_ != why) log_line("etcd: " + text);
  told_ = why;
  client_.drop();
  publisher_.stop();
  client_.use_next_endpoint();
  state_ = State::waiting;
  next_attempt_ = SteadyClock::now() + back_off_.next();
}

void ShareService::note_success() {
  if (state_ != State::connected || !watch_.is_watching()) return;
  back_off_.reset();
  if (!told_.empty()) log_line("etcd: " + client_.endpoint() + " answers");
  told_.clear();
}

/// A member that has lost the others, or its host, is silent. One that publishes finds out by its signs of
/// life.
void ShareService::probe(SteadyClock::time_point present) {
  if (state_ != State::connected || publisher_.is_on() || present < next_probe_) return;
  next_probe_ = present + settings_.share.time_out / 3;
  client_.send(get_request(kPrefix), [this](const EtcdOutcome& outcome) {
    if (!outcome.failure.empty()) return trouble(outcome.failure);
    if (!outcome.reply.error.empty()) return trouble(outcome.reply.error);
  });
}

void ShareService::write_files(SteadyClock::time_point present) {
  if (!peers_.any_to_write() || present < next_write_) return;
  try {
    peers_.write();
    told_of_files_.clear();
    const SteadyClock::time_point end = SteadyClock::now();
    // No more than a quarter of a processor.
    next_write_ = end + std::max<SteadyClock::duration>(3 * (end - present), kBetweenWrites);
  } catch (const Error& error) {
    if (told_of_files_ != error.what()) log_line(error.what());
    told_of_files_ = error.what();
    next_write_ = SteadyClock::now() + kRetry;
  }
}

SteadyClock::time_point ShareService::next_due() const {
  SteadyClock::time_point next = publisher_.next();
  if (state_ == State::waiting) next = std::min(next, next_attempt_);
  if (state_ == State::connected && !publisher_.is_on()) next = std::min(next, next_probe_);
  if (peers_.any_to_write()) next = std::min(next, next_write_);
  return next;
}

bool ShareService::wait() {
  const SteadyClock::time_point present = SteadyClock::now();
  const SteadyClock::time_point due = std::min(next_due(), present + kLongestWait);
  const auto time =
      std::max(std::chrono::ceil<std::chrono::milliseconds>(due - present), std::chrono::milliseconds(0));
  std::array<curl_waitfd, 2> descriptors{
      {{stop_.number(), CURL_WAIT_POLLIN, 0}, {index_.descriptor(), CURL_WAIT_POLLIN, 0}}};
  client_.wait(descriptors, time);
  if (descriptors[1].revents != 0) {
    index_.renew();
    publisher_.note_change();
  }
  return descriptors[0].revents == 0;
}

void ShareService::run() {
  index_.renew();
  do {
    client_.go_on();
    const SteadyClock::time_point present = SteadyClock::now();
    if (state_ == State::waiting && present >= next_attempt_) connect();
    publisher_.go_on(present);
    index_.set_alarm(publisher_.next_expiry());
    probe(present);
    write_files(present);
    note_success();
  } while (wait());
}

}  // namespace leases::share
