/// Any bytes as an answer of etcd's, and as a line of a watch. What hosts share is taken from the keys in it.

#include "share/etcd_reply.h"

#include <string>
#include <string_view>

#include "share/peer_leases.h"
#include "tests/fuzz/read_everything.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace leases;
  using namespace leases::share;
  constexpr EpochSeconds kNow{1'795'690'800};
  const std::string text(reinterpret_cast<const char*>(data), size);
  const ShareSettings settings;
  PeerLeases peers(settings, "/nonexistent", "me");
  const EtcdReply reply = parse_reply(text);
  fuzz::require(reply.error.empty() || reply.keys.empty());
  peers.begin_all();
  for (const EtcdKey& key : reply.keys) peers.put(key.key, key.value, Moment::past, kNow);
  peers.end_all();
  const WatchLine line = parse_watch_line(text);
  for (const EtcdEvent& event : line.events) {
    if (event.is_removal) {
      peers.remove(event.key.key);
    } else {
      peers.put(event.key.key, event.key.value, Moment::present, kNow);
    }
  }
  peers.begin_all();
  peers.end_all();
  fuzz::require(peers.byte_count() == 0);
  return 0;
}
