#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace leases {

/// A process of dnsmasq's, as anybody may see it (proc(5)).
struct DnsmasqProcess {
  pid_t number;
  char state;                    ///< as in /proc/[pid]/stat
  std::uint64_t processor_time;  ///< that it used so far, in ticks of sysconf(_SC_CLK_TCK)

  /// Whether it waits for something from outside: a packet, a signal, its script. It is not at work on a
  /// file then: a process that waits for a disk, was stopped or has no processor is in another state.
  [[nodiscard]] bool is_at_rest() const { return state == 'S' || state == 'Z' || state == 'X'; }
};

/// Those that this process can see: from the host, those of its containers too; from a container, not the
/// host's.
std::vector<DnsmasqProcess> dnsmasq_processes();

}  // namespace leases
