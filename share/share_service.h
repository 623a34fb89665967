#pragma once

#include <chrono>
#include <string>

#include "share/back_off.h"
#include "share/etcd_client.h"
#include "share/peer_leases.h"
#include "share/peer_watch.h"
#include "share/publisher.h"
#include "store/index_watch.h"
#include "store/settings.h"
#include "util/file.h"

namespace leases::share {

/// What others call this host. Throws Error if it has no name.
std::string shared_host_name(const Settings& settings);

/// The program: publishes this host's leases and follows those of others, at one of etcd's members until it
/// is of no use, then at the next.
class ShareService {
 public:
  /// The settings must outlive this object. Throws Error.
  explicit ShareService(const Settings& settings);

  /// Until it is told to stop. Throws Error.
  void run();

 private:
  void connect();
  void authenticate();
  void begin();
  void trouble(const std::string& why);
  void note_success();
  void probe(SteadyClock::time_point present);
  void write_files(SteadyClock::time_point present);
  [[nodiscard]] SteadyClock::time_point next_due() const;
  /// False if the program has to stop.
  bool wait();

  const Settings& settings_;
  const std::string directory_;
  const std::string host_;
  FileDescriptor stop_;
  IndexWatch index_;
  OnTrouble on_trouble_;
  EtcdClient client_;
  PeerLeases peers_;
  PeerWatch watch_;
  Publisher publisher_;

  enum class State : std::uint8_t { waiting, connecting, connected };
  State state_ = State::waiting;
  BackOff back_off_;
  SteadyClock::time_point next_attempt_;
  SteadyClock::time_point next_probe_;
  SteadyClock::time_point next_write_;
  std::string told_;           ///< the trouble that is in the log; empty: none
  std::string told_of_files_;  ///< likewise
};

}  // namespace leases::share
