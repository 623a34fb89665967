#include "dnsmasq/processes.h"

#include "util/error.h"
#include "util/processes.h"

namespace leases {

std::vector<DnsmasqProcess> dnsmasq_processes() try {
  std::vector<DnsmasqProcess> found;
  for (const ProcessState& process : all_processes()) {
    if (process.name == "dnsmasq") found.push_back({process.id, process.state, process.processor_time});
  }
  return found;
} catch (const Error&) {
  // /proc cannot be listed, so no process can be seen.
  return {};
}

}  // namespace leases
