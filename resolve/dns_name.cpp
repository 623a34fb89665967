#include "resolve/dns_name.h"

#include <arpa/nameser.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "common/host_name.h"

namespace leases::resolve {

namespace {

constexpr std::string_view kInAddrArpa = ".in-addr.arpa";
constexpr std::string_view kIp6Arpa = ".ip6.arpa";
constexpr std::string_view kNibbles = "0123456789abcdef";

bool ends_folded(std::string_view name, std::string_view end) {
  return name.size() > end.size() && equal_folded(name.substr(name.size() - end.size()), end);
}

/// From the text before .in-addr.arpa.
std::optional<IpAddress> v4_address_of(std::string_view labels) {
  std::string text;
  for (;;) {
    const std::size_t dot = labels.rfind('.');
    if (dot == std::string_view::npos) break;
    text.append(labels.substr(dot + 1)).append(1, '.');
    labels = labels.substr(0, dot);
  }
  const auto address = parse_ip(text.append(labels));
  return address && address->family == Family::v4 ? address : std::nullopt;
}

/// From the text before .ip6.arpa: the nibbles, the last one first.
std::optional<IpAddress> v6_address_of(std::string_view labels) {
  IpAddress address{Family::v6, {}};
  constexpr std::size_t kCount = 32;
  if (labels.size() != 2 * kCount - 1) return {};
  for (std::size_t i = 0; i < kCount; ++i) {
    const std::size_t nibble = kNibbles.find(fold_ascii(labels[2 * i]));
    if (nibble == std::string_view::npos || (i > 0 && labels[2 * i - 1] != '.')) return {};
    address.bytes[(kCount - 1 - i) / 2] |= static_cast<std::uint8_t>(i % 2 == 0 ? nibble : nibble << 4);
  }
  return address;
}

}  // namespace

std::optional<DnsName> DnsName::parse(const std::string& text) {
  std::array<u_char, NS_MAXCDNAME> wire;
  if (text.find('\0') != std::string::npos || ns_name_pton(text.c_str(), wire.data(), wire.size()) < 0)
    return {};
  std::size_t size = 0;
  while (wire[size] != 0) size += 1U + wire[size];
  return DnsName({reinterpret_cast<const char*>(wire.data()), size + 1});
}

std::optional<std::string> DnsName::text() const {
  std::string text;
  for (std::size_t at = 0; wire_[at] != 0;) {
    const auto length = static_cast<std::uint8_t>(wire_[at]);
    const std::string_view label = wire().substr(at + 1, length);
    if (label.find('.') != std::string_view::npos) return {};
    if (at > 0) text += '.';
    text += label;
    at += 1U + length;
  }
  return text;
}

std::optional<IpAddress> address_of(std::string_view name) {
  if (ends_folded(name, kInAddrArpa)) return v4_address_of(name.substr(0, name.size() - kInAddrArpa.size()));
  if (ends_folded(name, kIp6Arpa)) return v6_address_of(name.substr(0, name.size() - kIp6Arpa.size()));
  return {};
}

std::string reverse_zone(const IpAddress& address, unsigned bits) {
  std::string zone;
  if (address.family == Family::v4) {
    for (unsigned i = bits / 8; i > 0; --i)
      zone += (zone.empty() ? "" : ".") + std::to_string(address.bytes[i - 1]);
    return zone.append(kInAddrArpa);
  }
  for (unsigned i = bits / 4; i > 0; --i) {
    const unsigned byte = address.bytes[(i - 1) / 2];
    if (!zone.empty()) zone += '.';
    zone += kNibbles[i % 2 == 0 ? byte & 0xfU : byte >> 4];
  }
  return zone.append(kIp6Arpa);
}

}  // namespace leases::resolve
