#include "cli/checks/dns_message.h"

#include <arpa/nameser.h>

#include <algorithm>
#include <cstring>

namespace leases::cli {

namespace {

void append_number(std::vector<std::uint8_t>& bytes, unsigned number) {
  bytes.push_back(static_cast<std::uint8_t>(number >> 8));
  bytes.push_back(static_cast<std::uint8_t>(number));
}

ns_type type_of(Family family) {
  return family == Family::v4 ? ns_t_a : ns_t_aaaa;
}

}  // namespace

std::vector<std::uint8_t> dns_question(std::uint16_t id, std::string_view name, Family family) {
  std::vector<std::uint8_t> bytes;
  append_number(bytes, id);
  for (const unsigned field : {0U, 1U, 0U, 0U, 0U}) append_number(bytes, field);
  while (!name.empty()) {
    const std::string_view label = name.substr(0, name.find('.'));
    bytes.push_back(static_cast<std::uint8_t>(label.size()));
    bytes.insert(bytes.end(), label.begin(), label.end());
    name.remove_prefix(std::min(label.size() + 1, name.size()));
  }
  bytes.push_back(0);
  append_number(bytes, type_of(family));
  append_number(bytes, ns_c_in);
  return bytes;
}

std::optional<std::set<IpAddress>> dns_answer(std::span<const std::uint8_t> bytes, std::uint16_t id,
                                              Family family) {
  ns_msg message;
  if (::ns_initparse(bytes.data(), static_cast<int>(bytes.size()), &message) != 0 || ns_msg_id(message) != id)
    return {};
  std::set<IpAddress> addresses;
  for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
    ns_rr record;
    IpAddress address;
    address.family = family;
    if (::ns_parserr(&message, ns_s_an, i, &record) != 0) return {};
    if (ns_rr_type(record) != type_of(family) || ns_rr_rdlen(record) != address.size()) continue;
    std::memcpy(address.bytes.data(), ns_rr_rdata(record), address.size());
    addresses.insert(address);
  }
  return addresses;
}

}  // namespace leases::cli
