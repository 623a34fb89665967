#include "tests/support/dns_records.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <stdexcept>

namespace leases::test {

namespace {

/// A reply of DNS with this record as its only contents.
std::string reply_with(const std::string& wire) {
  std::string reply(NS_HFIXEDSZ, '\0');
  reply[2] = static_cast<char>(0x80);  // QR
  reply[7] = 1;                        // ANCOUNT
  return reply + wire;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const DnsRecord& record) {
  return out << record.name << ' ' << record.ttl << " type" << record.type << ' ' << record.data;
}

DnsRecord parsed_record(const std::string& wire) {
  const std::string reply = reply_with(wire);
  const auto* bytes = reinterpret_cast<const u_char*>(reply.data());
  ns_msg message;
  ns_rr record;
  // It also refuses what is left after the record.
  if (ns_initparse(bytes, static_cast<int>(reply.size()), &message) != 0 ||
      ns_parserr(&message, ns_s_an, 0, &record) != 0 || ns_rr_class(record) != ns_c_in)
    throw std::runtime_error("not a resource record");
  std::array<char, NS_MAXDNAME> text{};
  const u_char* data = ns_rr_rdata(record);
  if (ns_rr_type(record) == ns_t_a && ns_rr_rdlen(record) == NS_INADDRSZ) {
    inet_ntop(AF_INET, data, text.data(), text.size());
  } else if (ns_rr_type(record) == ns_t_aaaa && ns_rr_rdlen(record) == NS_IN6ADDRSZ) {
    inet_ntop(AF_INET6, data, text.data(), text.size());
  } else if (ns_rr_type(record) != ns_t_ptr ||
             ns_name_uncompress(bytes, bytes + reply.size(), data, text.data(), text.size()) !=
                 ns_rr_rdlen(record)) {
    throw std::runtime_error("not the data of a resource record");
  }
  return {ns_rr_name(record), static_cast<std::uint16_t>(ns_rr_type(record)), ns_rr_ttl(record), text.data()};
}

std::vector<DnsRecord> parsed_records(const std::vector<std::string>& wires) {
  std::vector<DnsRecord> records;
  records.reserve(wires.size());
  for (const std::string& wire : wires) records.push_back(parsed_record(wire));
  return records;
}

}  // namespace leases::test
