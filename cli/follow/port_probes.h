#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>

#include "common/address.h"
#include "util/file.h"

namespace leases::cli {

/// Finds the addresses that accept a TCP connection on a port. Nothing reports that a port opens, so each
/// address is tried again, after pauses that grow to two seconds, until it has accepted once.
class PortProbes {
 public:
  using Clock = std::chrono::steady_clock;

  /// An attempt ends without an answer after `patience`. Throws Error.
  PortProbes(std::uint16_t port, Clock::duration patience);

  /// The addresses to try from now on. The answers of all others are forgotten.
  void set_addresses(const std::set<IpAddress>& addresses);
  /// Takes the answers that have come, and begins the attempts that are due. Never waits.
  void advance();

  /// Whether an attempt for each address has ended.
  [[nodiscard]] bool all_tried() const;
  /// Whether it has accepted a connection.
  [[nodiscard]] bool accepts(const IpAddress& address) const;

  /// For poll(2): readable when an answer has come.
  [[nodiscard]] int descriptor() const { return answers_.number(); }
  /// When advance() must be called even if no answer has come.
  [[nodiscard]] Clock::time_point due() const;

 private:
  struct Probe {
    FileDescriptor socket{-1};  ///< of the current attempt
    bool accepted = false;
    bool tried = false;     ///< at least one attempt has ended
    Clock::time_point due;  ///< the end of the current attempt, or the start of the next
    Clock::duration pause{};
  };

  void advance(const IpAddress& address, Probe& probe);
  void begin(const IpAddress& address, Probe& probe);
  void take_answer(Probe& probe, int result, int error);
  void end(Probe& probe);

  std::uint16_t port_;
  Clock::duration patience_;
  std::size_t most_under_way_;  ///< attempts at a time, by this process's limit of descriptors
  FileDescriptor answers_;      ///< epoll(7) of the sockets
  std::map<IpAddress, Probe> probes_;
  std::size_t under_way_ = 0;
};

}  // namespace leases::cli
