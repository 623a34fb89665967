#include "share/peer_watch.h"

#include <algorithm>

#include "share/keys.h"
#include "util/clock.h"
#include "util/log.h"

namespace leases::share {

namespace {

constexpr std::size_t kLargestPage = 2000;

}  // namespace

void PeerWatch::trouble(const std::string& why) {
  is_watching_ = false;
  on_trouble_(why);
}

void PeerWatch::start() {
  is_watching_ = false;
  if (!known_.is_set()) return read_all();
  client_.send(known_.question(), [this](const EtcdOutcome& outcome) { take_history(outcome); });
}

/// A cluster that was made anew, or got a backup back, tells nothing of what is not there any more.
void PeerWatch::take_history(const EtcdOutcome& outcome) {
  if (!outcome.failure.empty()) return trouble(outcome.failure);
  const EtcdReply& reply = outcome.reply;
  if (!reply.error.empty() && reply.code != EtcdCode::out_of_range) return trouble(reply.error);
  // A large revision comes in several lines: maybe not all of this one has come.
  if (known_.is_confirmed_by(reply)) return watch(known_.revision());
  log_line("etcd: " + client_.endpoint() +
           ": has compacted what happened meanwhile, or has other contents than before; everything is read "
           "again");
  read_all();
}

void PeerWatch::read_all() {
  known_.clear();
  page_mark_.clear();
  reading_ = 0;
  page_ = kLargestPage;
  peers_.begin_all();
  read_page(std::string(kPrefix));
}

void PeerWatch::read_page(const std::string& from) {
  client_.send(range_request(from, end_of_prefix(kPrefix), reading_, page_),
               [this, from](const EtcdOutcome& outcome) { take_page(outcome, from); });
}

void PeerWatch::take_page(const EtcdOutcome& outcome, const std::string& from) {
  if (outcome.is_too_large && page_ > 1) {
    page_ = std::max<std::size_t>(page_ / 4, 1);
    return read_page(from);
  }
  if (!outcome.failure.empty()) return trouble(outcome.failure);
  const EtcdReply& reply = outcome.reply;
  if (!reply.error.empty()) return trouble(reply.error);
  reading_ = reading_ == 0 ? reply.header.revision : reading_;
  const EpochSeconds present = now();
  for (const EtcdKey& key : reply.keys) {
    peers_.put(key.key, key.value, Moment::past, present);
    page_mark_.note(key.key, key.mod_revision, key.lease);
  }
  if (reply.has_more && !reply.keys.empty()) return read_page(reply.keys.back().key + '\0');
  peers_.end_all();
  known_ = page_mark_;
  watch(reading_ + 1);
}

void PeerWatch::watch(std::int64_t from) {
  client_.stream(
      watch_request(kPrefix, from), [this](std::string_view line) { take_line(line); },
      [this](const std::string& why) { trouble(why); });
}

void PeerWatch::take_line(std::string_view text) {
  if (text.empty()) return;
  const WatchLine line = parse_watch_line(text);
  if (!line.error.empty()) return trouble(line.error);
  if (line.is_canceled) {
    // Of what was compacted nobody knows any more what it was.
    if (line.compacted > 0) known_.clear();
    if (line.compacted > 0) return trouble("has compacted what happened meanwhile; everything is read again");
    return trouble("has ended the watch" + (line.why_canceled.empty() ? "" : ": " + line.why_canceled));
  }
  if (line.is_created) {
    is_watching_ = true;
    caught_up_ = line.header.revision;
  }
  take_events(line);
}

void PeerWatch::take_events(const WatchLine& line) {
  const EpochSeconds present = now();
  for (const EtcdEvent& event : line.events) {
    if (event.is_removal) {
      peers_.remove(event.key.key);
    } else {
      const Moment moment = event.key.mod_revision <= caught_up_ ? Moment::past : Moment::present;
      peers_.put(event.key.key, event.key.value, moment, present);
      known_.note(event.key.key, event.key.mod_revision, event.key.lease);
    }
  }
}

}  // namespace leases::share
