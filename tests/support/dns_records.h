#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

namespace leases::test {

/// A resource record of class IN, as the C library reads it.
struct DnsRecord {
  std::string name;
  std::uint16_t type;
  std::uint32_t ttl;
  std::string data;  ///< an address or a name

  friend bool operator==(const DnsRecord&, const DnsRecord&) = default;
};
std::ostream& operator<<(std::ostream& out, const DnsRecord& record);

/// From wire format; throws std::runtime_error if it is not one record and nothing else.
DnsRecord parsed_record(const std::string& wire);
std::vector<DnsRecord> parsed_records(const std::vector<std::string>& wires);

}  // namespace leases::test
