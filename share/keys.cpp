#include "share/keys.h"

#include <algorithm>

#include "store/network_name.h"
#include "util/folded_name.h"

namespace leases::share {

namespace {

constexpr std::string_view kHost = "host";
constexpr std::string_view kNames = "/skydns";

/// Takes what comes before the first slash, and the slash.
std::string_view take_part(std::string_view& rest) {
  const std::string_view part = rest.substr(0, rest.find('/'));
  rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  return part;
}

}  // namespace

std::string end_of_prefix(std::string_view prefix) {
  std::string end(prefix);
  ++end.back();
  return end;
}

std::string host_key(std::string_view host) {
  return std::string(kPrefix).append(host).append(1, '/').append(kHost);
}

std::string record_key(std::string_view host, std::string_view network, const IpAddress& address) {
  return std::string(kPrefix).append(host).append(1, '/').append(network).append(1, '/').append(
      IpText(address).view());
}

std::optional<SharedKey> SharedKey::parse(std::string_view key) {
  if (!key.starts_with(kPrefix)) return {};
  key.remove_prefix(kPrefix.size());
  SharedKey parts;
  parts.host = take_part(key);
  if (key == kHost) return shared_network_name(parts.host, "x").empty() ? std::nullopt : std::optional(parts);
  parts.network = take_part(key);
  const auto address = parse_ip(key);
  if (!address || IpText(*address).view() != key) return {};
  parts.address = *address;
  if (shared_network_name(parts.host, parts.network).empty()) return {};
  return parts;
}

std::string name_key(std::string_view name, std::string_view domain, std::string_view host,
                     const IpAddress& address) {
  std::string key(kNames);
  while (!domain.empty()) {
    const std::size_t dot = domain.rfind('.');
    const std::size_t begin = dot == std::string_view::npos ? 0 : dot + 1;
    key.append(1, '/').append(folded(domain.substr(begin)));
    domain = domain.substr(0, dot == std::string_view::npos ? 0 : dot);
  }
  key.append(1, '/').append(folded(name));
  return key.append(1, '/').append(host).append(1, '-').append(IpText(address).view());
}

std::string pointer_key(const IpAddress& address) {
  std::string key(kNames);
  key += address.family == Family::v4 ? "/arpa/in-addr" : "/arpa/ip6";
  for (std::size_t i = 0; i < address.size(); ++i) {
    const unsigned byte = address.bytes[i];
    if (address.family == Family::v4) {
      key.append(1, '/').append(std::to_string(byte));
    } else {
      for (const unsigned nibble : {byte >> 4U, byte & 0xfU})
        key.append(1, '/').append(1, "0123456789abcdef"[nibble]);
    }
  }
  return key;
}

}  // namespace leases::share
