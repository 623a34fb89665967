#include "cli/names/typed_address.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "common/hex_bytes.h"
#include "common/lease.h"

namespace leases::cli {

namespace {

constexpr std::size_t kEthernet = 6;

/// The text before its prefix length.
std::string_view without_length(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return text;
  const std::string_view length = text.substr(slash + 1);
  const bool is_number = !length.empty() && length.size() <= 3 &&
                         length.find_first_not_of("0123456789") == std::string_view::npos;
  return is_number ? text.substr(0, slash) : text;
}

/// Six numbers of one or two hex digits as two digits each with colons; empty if it is anything else.
std::string six_bytes(std::string_view text, char separator) {
  std::string bytes;
  std::size_t count = 0;
  for (;;) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (end == 0 || end > 2 || ++count > kEthernet) return {};
    if (count > 1) bytes += ':';
    if (end == 1) bytes += '0';
    bytes += text.substr(0, end);
    if (end == text.size()) return count == kEthernet ? bytes : std::string();
    text.remove_prefix(end + 1);
  }
}

/// "5254.0012.3456" with colons after every two digits; empty if it is anything else.
std::string dotted_bytes(std::string_view text) {
  constexpr std::size_t kLength = 14;
  if (text.size() != kLength || text[4] != '.' || text[9] != '.') return {};
  std::string bytes;
  for (const char c : text) {
    if (c == '.') continue;
    if (bytes.size() % 3 == 2) bytes += ':';
    bytes += c;
  }
  return bytes;
}

}  // namespace

std::optional<IpAddress> typed_ip(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  text = without_length(text);
  auto address = parse_ip(text);
  if (!address && text.find(':') != std::string_view::npos)
    address = parse_ip(text.substr(0, text.find('%')));
  return address ? std::optional(unmapped(*address)) : std::nullopt;
}

std::optional<HardwareAddress> typed_hardware(std::string_view text) {
  const auto written = HardwareAddress::parse(text);
  if (written && written->length > 1) return written;
  for (const std::string& bytes : {six_bytes(text, ':'), six_bytes(text, '-'), dotted_bytes(text)}) {
    if (!bytes.empty()) return HardwareAddress::parse(bytes);
  }
  return {};
}

std::optional<std::vector<std::uint8_t>> typed_identifier(std::string_view text) {
  std::string colons(text);
  std::ranges::replace(colons, '-', ':');
  std::vector<std::uint8_t> bytes(kMaxIdentifier);
  const auto size = parse_hex_bytes(colons, bytes.data(), bytes.size());
  if (!size || *size < 2) return {};
  bytes.resize(*size);
  return bytes;
}

std::optional<std::vector<std::uint8_t>> typed_bytes(std::string_view text) {
  std::string colons;
  for (const char c : text) {
    if (colons.size() % 3 == 2) colons += ':';
    colons += c;
  }
  return typed_identifier(colons);
}

}  // namespace leases::cli
