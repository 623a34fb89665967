#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/time.h"
#include "share/etcd_client.h"
#include "share/history_mark.h"
#include "share/host_sign.h"
#include "share/peer_watch.h"
#include "share/published_keys.h"
#include "store/settings.h"

namespace leases::share {

using SteadyClock = std::chrono::steady_clock;

/// Keeps this host's shared leases in etcd as the index has them: only what differs is sent, several leases
/// at a time. All keys are bound to one lease of etcd's, which ends some time after this program.
class Publisher {
 public:
  /// The arguments must outlive this object, but for the strings.
  Publisher(EtcdClient& client, const Settings& settings, std::string host, std::string instance,
            const OnTrouble& on_trouble);

  /// Whether there is anything that others may see.
  [[nodiscard]] bool is_on() const { return !share_.networks.empty(); }

  /// A member can be asked. / It cannot, and what it was asked may have been done or not.
  void start();
  void stop();
  /// The index may have changed, or one of its leases has expired.
  void note_change();
  /// Does what is due.
  void go_on(SteadyClock::time_point present);
  /// When something will be due.
  [[nodiscard]] SteadyClock::time_point next() const;
  /// When the first of the published leases expires.
  [[nodiscard]] ExpiryTime next_expiry() const { return next_expiry_; }

 private:
  enum class State : std::uint8_t {
    off,
    busy,       ///< waits for an answer on the way to `published`
    contested,  ///< another machine has this host's name; to be tried again
    ready,
  };

  void grant();
  void check_lease();
  void check_history();
  void claim();
  void take_claim(const EtcdReply& reply);
  void become_ready(const EtcdReply& claimed);
  void begin_again();
  void look();
  void send_batch();
  void end_batch(const EtcdReply& reply, std::size_t end, const std::string& mark);
  void leave_out_batch(const std::string& why, std::size_t end);
  [[nodiscard]] std::size_t end_of_next() const;
  void keep_previous();
  void send_rest();
  void end_publishing();
  void send_sign();
  void send_keep_alive();
  void send(const EtcdRequest& request, std::function<void(const EtcdReply&)> then,
            std::function<void(const std::string& why)> if_refused = {});
  [[nodiscard]] KeyChange own_sign() const;
  [[nodiscard]] SteadyClock::duration between_signs_of_life() const { return share_.time_out / 3; }

  EtcdClient& client_;
  const Settings& settings_;
  const ShareSettings& share_;
  std::string host_;
  std::string instance_;
  std::string key_;
  const OnTrouble& on_trouble_;

  State state_ = State::off;
  std::uint64_t epoch_ = 0;    ///< of what was asked
  std::int64_t lease_ = 0;     ///< of etcd's; 0: none
  std::int64_t previous_ = 0;  ///< of this program's last run; 0: none
  HistoryMark written_;        ///< the latest that this program has written
  PublishedKeys published_;
  std::vector<KeyChange> changes_;  ///< on the way
  std::size_t sent_ = 0;            ///< of these
  bool is_careful_ = false;         ///< a batch was refused: the rest is sent address by address
  bool is_any_refused_ = false;
  bool is_refusal_told_ = false;
  bool is_contest_told_ = false;
  bool is_sending_ = false;
  bool is_changed_ = true;
  ExpiryTime next_expiry_;
  SteadyClock::time_point next_look_;
  SteadyClock::time_point next_keep_alive_;
  SteadyClock::time_point next_sign_;
  SteadyClock::time_point next_claim_;
};

}  // namespace leases::share
