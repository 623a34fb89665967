#include "helper/status_text.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>

#include "helper/hex_text.h"

namespace leases {

namespace {

constexpr std::string_view kOpen = "[\n";
constexpr std::string_view kClose = "\n]\n";
constexpr std::string_view kSeparator = ",\n";
constexpr std::string_view kRecordOpen = "  {\n";
constexpr std::string_view kRecordClose = "\n  }";

std::string decimal(std::uint64_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  return {digits.data(), end};
}

std::string seconds_with_fraction(ChangeTime time) {
  constexpr std::uint64_t kNanoseconds = 1'000'000'000;
  const std::string fraction = decimal(time.nanoseconds % kNanoseconds);
  return decimal(time.nanoseconds / kNanoseconds) + '.' + std::string(9 - fraction.size(), '0') + fraction;
}

/// None of the values needs escaping: they are addresses, hex, digits, host labels and domain names.
void append_member(std::string& text, std::string_view key, std::string_view value) {
  if (text.back() != '\n') text += kSeparator;
  text.append("    \"").append(key).append("\": \"").append(value).append("\"");
}

std::string address_member(const IpAddress& address) {
  std::string text = "\n";
  append_member(text, "ip-address", IpText(address).view());
  return text + ",\n";
}

struct Span {
  std::size_t begin;
  std::size_t end;
};

std::optional<Span> find_record(std::string_view body, const IpAddress& address) {
  if (body.empty()) return {};
  const std::string member = address_member(address);
  const void* found = ::memmem(body.data(), body.size(), member.data(), member.size());
  if (found == nullptr) return {};
  const auto position = static_cast<std::size_t>(static_cast<const char*>(found) - body.data());
  const std::size_t begin = body.rfind(kRecordOpen, position);
  const std::size_t close = body.find(kRecordClose, position);
  if (begin == std::string_view::npos || close == std::string_view::npos) return {};
  return Span{begin, close + kRecordClose.size()};
}

}  // namespace

std::string record_text(const Lease& lease) {
  std::string text(kRecordOpen);
  if (lease.iaid) append_member(text, "iaid", IaidText(*lease.iaid).view());
  append_member(text, "ip-address", IpText(lease.address).view());
  if (lease.hardware) append_member(text, "mac-address", HardwareText(*lease.hardware).view());
  if (!lease.hostname.empty() && !lease.name_refused) append_member(text, "hostname", lease.hostname);
  if (!lease.client_id.empty()) append_member(text, "client-id", hex_text(lease.client_id));
  if (!lease.server_duid.empty()) append_member(text, "server-duid", hex_text(lease.server_duid));
  text.append(",\n    \"expiry-time\": ").append(decimal(lease.expiry.seconds));
  if (!lease.hostname.empty() && lease.name_refused) append_member(text, "refused-hostname", lease.hostname);
  if (!lease.domain.empty()) append_member(text, "domain", lease.domain);
  append_member(text, "last-change", seconds_with_fraction(lease.changed));
  return text.append(kRecordClose);
}

std::string status_text(const std::vector<Lease>& leases) {
  if (leases.empty()) return std::string(kEmptyStatus);
  std::string text(kOpen);
  for (const Lease& lease : leases) {
    if (text.size() > kOpen.size()) text += kSeparator;
    text += record_text(lease);
  }
  return text.append(kClose);
}

std::optional<TextPieces> edit_status_text(std::string_view text, const std::optional<IpAddress>& removed,
                                           std::string_view record) {
  std::string_view body;
  if (text != kEmptyStatus) {
    if (!text.starts_with(kOpen) || !text.ends_with(kClose) || text.size() < kOpen.size() + kClose.size())
      return {};
    body = text.substr(kOpen.size(), text.size() - kOpen.size() - kClose.size());
    if (!body.starts_with(kRecordOpen) || !body.ends_with(kRecordClose)) return {};
  }

  std::string_view before = body;
  std::string_view after;
  if (removed) {
    const auto span = find_record(body, *removed);
    if (!span) return {};
    before = body.substr(0, span->begin);
    after = body.substr(span->end);
    if (after.starts_with(kSeparator)) {
      after.remove_prefix(kSeparator.size());
    } else if (before.ends_with(kSeparator) && after.empty()) {
      before.remove_suffix(kSeparator.size());
    } else if (!before.empty() || !after.empty()) {
      return {};
    }
  }

  const bool keeps_some = !before.empty() || !after.empty();
  if (!keeps_some && record.empty()) return TextPieces{kEmptyStatus};
  TextPieces pieces{kOpen, before, after};
  if (keeps_some && !record.empty()) pieces.push_back(kSeparator);
  pieces.push_back(record);
  pieces.push_back(kClose);
  return pieces;
}

}  // namespace leases
