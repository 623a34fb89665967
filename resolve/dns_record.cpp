#include "resolve/dns_record.h"

#include <arpa/nameser.h>
#include <netinet/in.h>
#include <resolv.h>

#include <cstddef>

namespace leases::resolve {

namespace {

template <typename Integer>
void append(std::string& wire, Integer in_network_order) {
  wire.append(reinterpret_cast<const char*>(&in_network_order), sizeof in_network_order);
}

}  // namespace

std::string resource_record(const DnsName& owner, std::uint16_t type, std::int32_t ttl,
                            std::string_view data) {
  std::string wire(owner.wire());
  append(wire, htons(type));
  append(wire, htons(ns_c_in));
  append(wire, htonl(static_cast<std::uint32_t>(ttl)));
  append(wire, htons(static_cast<std::uint16_t>(data.size())));
  return wire.append(data);
}

std::string base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4, '=');
  // It writes the terminator of a C string, for which a std::string has room.
  b64_ntop(reinterpret_cast<const u_char*>(bytes.data()), bytes.size(), text.data(), text.size() + 1);
  return text;
}

}  // namespace leases::resolve
