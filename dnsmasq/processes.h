#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace leases {

/// A process of dnsmasq, as any user may see it (proc(5)).
struct DnsmasqProcess {
  pid_t number;
  char state;                    ///< as in /proc/[pid]/stat
  std::uint64_t processor_time;  ///< used so far, in ticks of sysconf(_SC_CLK_TCK)

  /// Whether it waits for something from outside: a packet, a signal, its script. Then it is not writing a
  /// file: a process that waits for a disk or a processor, or was stopped, is in another state.
  [[nodiscard]] bool is_at_rest() const { return state == 'S' || state == 'Z' || state == 'X'; }
};

/// Those that this process can see: from the host, also those in containers; from a container, only its own.
std::vector<DnsmasqProcess> dnsmasq_processes();

}  // namespace leases
