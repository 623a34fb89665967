#include "share/publisher.h"

#include <algorithm>
#include <span>
#include <utility>

#include "share/keys.h"
#include "store/index_copy.h"
#include "util/clock.h"
#include "util/directory.h"
#include "util/log.h"

namespace leases::share {

namespace {

/// Others learn from each sign how far this host's clock is off.
constexpr std::chrono::seconds kBetweenSigns{60};
/// So that events of the same moment become one transaction.
constexpr std::chrono::milliseconds kBetweenLooks{5};

/// Of what was asked, not of the member that was asked.
bool is_refusal(EtcdCode code) {
  return code == EtcdCode::invalid_argument || code == EtcdCode::permission_denied ||
         code == EtcdCode::out_of_range;
}

}  // namespace

Publisher::Publisher(EtcdClient& client, const Settings& settings, std::string host, std::string instance,
                     const OnTrouble& on_trouble)
    : client_(client),
      settings_(settings),
      share_(settings.share),
      host_(std::move(host)),
      instance_(std::move(instance)),
      key_(host_key(host_)),
      on_trouble_(on_trouble) {}

void Publisher::note_change() {
  is_changed_ = true;
  // It has ended; look() finds the next. Until then nobody has to be woken by it again.
  if (next_expiry_.expired_at(now())) next_expiry_ = {};
}

KeyChange Publisher::own_sign() const {
  return {{}, key_, HostSign{instance_, now()}.text()};
}

/// A failure is trouble, and so is a refusal, unless `if_refused` takes it; `then` gets an answer without an
/// error. What was asked before the lease ended, or the member was left, is of no interest any more.
void Publisher::send(const EtcdRequest& request, std::function<void(const EtcdReply&)> then,
                     std::function<void(const std::string& why)> if_refused) {
  client_.send(request, [this, then = std::move(then), if_refused = std::move(if_refused),
                         asked = epoch_](const EtcdOutcome& outcome) {
    if (asked != epoch_) return;
    if (!outcome.failure.empty()) return on_trouble_(outcome.failure);
    const EtcdReply& reply = outcome.reply;
    if (if_refused && is_refusal(reply.code)) return if_refused(reply.error);
    if (!reply.error.empty()) return on_trouble_(reply.error);
    then(reply);
  });
}

void Publisher::start() {
  if (!is_on()) return;
  state_ = State::busy;
  if (lease_ == 0) {
    grant();
  } else {
    check_lease();
  }
}

void Publisher::stop() {
  if (is_sending_) {
    for (std::size_t i = sent_, end = end_of_next(); i < end; ++i) published_.note_unknown(changes_[i]);
  }
  is_sending_ = false;
  is_changed_ = true;
  state_ = State::off;
  ++epoch_;
}

/// What was published goes with the lease, if it is not put again.
void Publisher::begin_again() {
  ++epoch_;
  lease_ = 0;
  written_.clear();
  published_.clear();
  is_sending_ = false;
  is_changed_ = true;
  state_ = State::busy;
  grant();
}

void Publisher::grant() {
  send(grant_request(share_.time_out), [this](const EtcdReply& reply) {
    lease_ = reply.lease;
    next_keep_alive_ = SteadyClock::now() + between_signs_of_life();
    claim();
  });
}

void Publisher::check_lease() {
  send(keep_alive_request(lease_), [this](const EtcdReply& reply) {
    if (reply.time == 0) return begin_again();
    next_keep_alive_ = SteadyClock::now() + between_signs_of_life();
    check_history();
  });
}

/// Of one that was made anew, or got a backup back, nobody knows what is there of what was published.
void Publisher::check_history() {
  if (!written_.is_set()) return claim();
  send(
      written_.question(),
      [this](const EtcdReply& reply) { written_.is_confirmed_by(reply) ? claim() : begin_again(); },
      [this](const std::string&) { begin_again(); });
}

void Publisher::claim() {
  state_ = State::busy;
  send(get_request(key_), [this](const EtcdReply& reply) { take_claim(reply); });
}

void Publisher::take_claim(const EtcdReply& reply) {
  const EtcdKey present = reply.keys.empty() ? EtcdKey() : reply.keys.front();
  const auto sign = HostSign::parse(present.value);
  if (sign && sign->instance != instance_) {
    if (!is_contest_told_)
      log_line("another machine shares leases as the host '" + host_ +
               "'; give one of them another name with 'host' in the [share] section of " + settings_.path);
    is_contest_told_ = true;
    state_ = State::contested;
    next_claim_ = SteadyClock::now() + between_signs_of_life();
    return;
  }
  if (present.lease != lease_) previous_ = present.lease;
  keep_previous();
  send(put_if_request(key_, own_sign().value, lease_, present.mod_revision), [this](const EtcdReply& done) {
    if (done.succeeded) return become_ready(done);
    state_ = State::contested;
    next_claim_ = SteadyClock::now() + std::chrono::seconds(1);
  });
}

void Publisher::become_ready(const EtcdReply& claimed) {
  written_.note(key_, claimed.header.revision, lease_);
  state_ = State::ready;
  is_contest_told_ = false;
  next_sign_ = SteadyClock::now() + kBetweenSigns;
  next_look_ = SteadyClock::now();
}

void Publisher::look() {
  const SteadyClock::time_point begin = SteadyClock::now();
  is_changed_ = false;
  std::string problem;
  const auto directory = Directory::open_existing(settings_.runtime_directory);
  const auto index = directory ? IndexCopy::of(*directory, problem) : std::nullopt;
  // Leases do not go with an index that is being made again.
  if (index) {
    next_expiry_ = {};
    changes_ = published_.changes_to(keys_to_publish(index->view(), share_, host_, now(), next_expiry_));
    sent_ = 0;
    is_careful_ = false;
    is_any_refused_ = false;
    if (changes_.empty()) {
      end_publishing();
    } else {
      send_batch();
    }
  }
  // No more than a quarter of a processor.
  const SteadyClock::time_point end = SteadyClock::now();
  next_look_ = end + std::max<SteadyClock::duration>(3 * (end - begin), kBetweenLooks);
}

std::size_t Publisher::end_of_next() const {
  const std::size_t end = end_of_batch(changes_, sent_);
  return is_careful_ ? std::min(end, end_of_address(changes_, sent_)) : end;
}

void Publisher::send_batch() {
  const std::size_t end = end_of_next();
  const std::span<const KeyChange> next(changes_.data() + sent_, end - sent_);
  std::vector<KeyChange> batch(next.begin(), next.end());
  auto mark = std::ranges::find_if(batch, [](const KeyChange& change) { return !change.value.empty(); });
  // What is removed is no mark of etcd's history, so there is a sign of life, too.
  if (mark == batch.end()) mark = batch.insert(mark, own_sign());
  is_sending_ = true;
  send(
      change_request(batch, lease_, key_),
      [this, end, key = mark->key](const EtcdReply& reply) { end_batch(reply, end, key); },
      [this, end](const std::string& why) { leave_out_batch(why, end); });
}

void Publisher::end_batch(const EtcdReply& reply, std::size_t end, const std::string& mark) {
  is_sending_ = false;
  // The lease has ended, or another machine has the name.
  if (!reply.succeeded) return begin_again();
  written_.note(mark, reply.header.revision, lease_);
  for (; sent_ < end; ++sent_) published_.note_done(changes_[sent_]);
  send_rest();
}

void Publisher::send_rest() {
  if (sent_ < changes_.size()) return send_batch();
  changes_.clear();
  sent_ = 0;
  if (!is_any_refused_) is_refusal_told_ = false;
  end_publishing();
}

/// A lease that this host's user may not publish must not keep the others from being published. It is tried
/// again with the next change, and with each sign of life.
void Publisher::leave_out_batch(const std::string& why, std::size_t end) {
  is_sending_ = false;
  is_any_refused_ = true;
  const bool has_one = end == std::min(end, end_of_address(changes_, sent_));
  if (!has_one) {
    is_careful_ = true;
    return send_batch();
  }
  if (!is_refusal_told_)
    log_line("etcd refuses the lease of " + std::string(IpText(changes_[sent_].address).view()) + " (" + why +
             "), and maybe others; leases-share(8) has the rights that this host's user needs");
  is_refusal_told_ = true;
  sent_ = end;
  send_rest();
}

/// What the last run published, and is not there any more, ends with its lease.
void Publisher::end_publishing() {
  if (previous_ == 0) return;
  // It may have ended by itself.
  client_.send(revoke_request(std::exchange(previous_, 0)), [](const EtcdOutcome&) {});
}

/// What the last run published stays until all of it is published anew.
void Publisher::keep_previous() {
  if (previous_ != 0) client_.send(keep_alive_request(previous_), [](const EtcdOutcome&) {});
}

void Publisher::send_sign() {
  next_sign_ = SteadyClock::now() + kBetweenSigns;
  is_changed_ = is_changed_ || is_any_refused_;
  const KeyChange change = own_sign();
  send(change_request({&change, 1}, lease_, key_), [this](const EtcdReply& reply) {
    if (!reply.succeeded) return begin_again();
    written_.note(key_, reply.header.revision, lease_);
  });
}

void Publisher::send_keep_alive() {
  next_keep_alive_ = SteadyClock::now() + between_signs_of_life();
  keep_previous();
  send(keep_alive_request(lease_), [this](const EtcdReply& reply) {
    if (reply.time == 0) begin_again();
  });
}

void Publisher::go_on(SteadyClock::time_point present) {
  if (state_ == State::contested && present >= next_claim_) claim();
  const bool has_lease = state_ == State::ready || state_ == State::contested;
  if (has_lease && present >= next_keep_alive_) send_keep_alive();
  if (state_ != State::ready) return;
  if (present >= next_sign_) send_sign();
  if (is_changed_ && !is_sending_ && present >= next_look_) look();
}

SteadyClock::time_point Publisher::next() const {
  SteadyClock::time_point next = SteadyClock::time_point::max();
  if (state_ == State::contested) next = std::min(next_claim_, next_keep_alive_);
  if (state_ == State::ready) {
    next = std::min(next_sign_, next_keep_alive_);
    if (is_changed_ && !is_sending_) next = std::min(next, next_look_);
  }
  return next;
}

}  // namespace leases::share
