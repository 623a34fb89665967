/// Any bytes as dnsmasq's reservations. What is read can be stored, each address is there once, and a file of
/// just these reservations is read without a complaint as the same ones.

#include "import/dhcp_hosts.h"

#include <set>
#include <string>
#include <string_view>

#include "tests/fuzz/read_everything.h"

namespace {

using namespace leases;

std::string line_of(const Lease& lease) {
  std::string line = "dhcp-host=";
  if (lease.hardware) line.append(HardwareText(*lease.hardware).view()).append(",");
  const std::string address(IpText(lease.address).view());
  line += lease.address.family == Family::v6 ? '[' + address + ']' : address;
  line.append(",").append(lease.hostname);
  if (!lease.domain.empty()) line.append(".").append(lease.domain);
  return line + '\n';
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ParsedFile hosts;
  {
    // A copy that is destroyed before its reservations are used.
    const std::string text(reinterpret_cast<const char*>(data), size);
    hosts = parse_dhcp_hosts(text, "lan");
  }
  std::set<IpAddress> addresses;
  std::string again;
  for (const Lease& lease : hosts.leases) {
    fuzz::touch(lease);
    fuzz::require(lease.reserved && lease.expiry.infinite() && is_host_label(lease.hostname));
    fuzz::require(addresses.insert(lease.address).second);
    again += line_of(lease);
  }
  const ParsedFile same = parse_dhcp_hosts(again, "lan");
  fuzz::require(same.problems.empty() && same.leases.size() == hosts.leases.size());
  for (std::size_t i = 0; i < same.leases.size(); ++i)
    fuzz::require(equal_but_for_time(same.leases[i], hosts.leases[i]));
  return 0;
}
