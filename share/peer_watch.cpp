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
  if (revision_ == 0) {
    read_all();
  } else {
    watch();
  }
}

void PeerWatch::read_all() {
  revision_ = 0;
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
  cluster_ = reply.header.cluster;
  const EpochSeconds present = now();
  for (const EtcdKey& key : reply.keys) peers_.put(key.key, key.value, Moment::past, present);
  if (reply.has_more && !reply.keys.empty()) return read_page(reply.keys.back().key + '\0');
  peers_.end_all();
  revision_ = reading_;
  watch();
}

void PeerWatch::watch() {
  client_.stream(
      watch_request(kPrefix, revision_ + 1), [this](std::string_view line) { take_line(line); },
      [this](const std::string& why) { trouble(why); });
}

void PeerWatch::take_line(std::string_view text) {
  if (text.empty()) return;
  const WatchLine line = parse_watch_line(text);
  if (!line.error.empty()) return trouble(line.error);
  if (line.is_canceled) {
    // Of what was compacted nobody knows any more what it was.
    if (line.compacted > 0) revision_ = 0;
    return trouble(line.compacted > 0 ? "has compacted what happened meanwhile; everything is read again"
                                      : "has ended the watch");
  }
  if (line.is_created) return take_creation(line);
  take_events(line);
}

/// A cluster that was made anew, or got an old backup, is behind, and would be silent until it has caught up.
void PeerWatch::take_creation(const WatchLine& line) {
  if (line.header.cluster != cluster_ || line.header.revision < revision_) {
    revision_ = 0;
    return trouble("has other contents than before; everything is read again");
  }
  is_watching_ = true;
  caught_up_ = line.header.revision;
}

void PeerWatch::take_events(const WatchLine& line) {
  const EpochSeconds present = now();
  for (const EtcdEvent& event : line.events) {
    if (event.is_removal) {
      peers_.remove(event.key.key);
    } else {
      const Moment moment = event.key.mod_revision <= caught_up_ ? Moment::past : Moment::present;
      peers_.put(event.key.key, event.key.value, moment, present);
    }
    // A large revision comes in several lines: it is not known before the next one begins.
    revision_ = std::max(revision_, event.key.mod_revision - 1);
  }
  if (line.events.empty()) revision_ = std::max(revision_, line.header.revision);
}

}  // namespace leases::share
