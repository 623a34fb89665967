#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>

#include "common/address.h"
#include "util/file.h"

namespace leases::cli {

/// Finds out which addresses accept a TCP connection on a port. Nobody reports that a port opens, so each
/// address is tried again, after pauses that grow to two seconds, until it has accepted once.
class PortProbes {
 public:
  using Clock = std::chrono::steady_clock;

  /// An attempt that has had no answer for as long as `patience` is given up. Throws Error.
  PortProbes(std::uint16_t port, Clock::duration patience);

  /// The addresses to try from now on. What others have answered is forgotten.
  void set_addresses(const std::set<IpAddress>& addresses);
  /// Takes the answers that are there, and begins the attempts that are due. Never waits.
  void advance();

  /// Whether each address has been tried, and the attempt is over.
  [[nodiscard]] bool all_tried() const;
  /// Whether it has accepted a connection.
  [[nodiscard]] bool accepts(const IpAddress& address) const;

  /// For poll(2): readable when an answer is there.
  [[nodiscard]] int descriptor() const { return answers_.number(); }
  /// When advance() has to be called though there is no answer.
  [[nodiscard]] Clock::time_point due() const;

 private:
  struct Probe {
    FileDescriptor socket{-1};  ///< of an attempt under way
    bool accepted = false;
    bool tried = false;     ///< at least once, to the end
    Clock::time_point due;  ///< of the end of the attempt, or of the next one
    Clock::duration pause{};
  };

  void advance(const IpAddress& address, Probe& probe);
  void begin(const IpAddress& address, Probe& probe);
  void take_answer(Probe& probe, int result, int error);
  void end(Probe& probe);

  std::uint16_t port_;
  Clock::duration patience_;
  std::size_t most_under_way_;  ///< at a time, of the descriptors that this process may have
  FileDescriptor answers_;      ///< epoll(7) of the sockets
  std::map<IpAddress, Probe> probes_;
  std::size_t under_way_ = 0;
};

}  // namespace leases::cli
