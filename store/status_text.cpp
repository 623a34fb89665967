#include "store/status_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "store/status_array.h"
#include "store/status_keys.h"
#include "util/decimal.h"
#include "util/hex_text.h"

namespace leases {

namespace {

constexpr std::string_view kOpen = "[\n";
constexpr std::string_view kClose = "\n]\n";
constexpr std::string_view kSeparator = ",\n";
constexpr std::string_view kIndent = "  ";
constexpr std::string_view kRecordOpen = "  {\n";
/// In a file, after the first record.
constexpr std::string_view kRecordBegin = "\n  {\n";
constexpr std::string_view kRecordClose = "\n  }";

std::string decimal(std::uint64_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  return {digits.data(), end};
}

/// Most values need no escaping: they are addresses, hex, digits, host labels and domain names.
void append_member(std::string& text, std::string_view key, std::string_view value) {
  if (text.back() != '\n') text += kSeparator;
  text.append("    \"").append(key).append("\": \"").append(value).append("\"");
}

/// A name that is not a host label is one word (is_client_name()); only these two characters of it have a
/// meaning in JSON.
void append_name(std::string& text, std::string_view key, std::string_view name) {
  std::string escaped;
  for (const char c : name) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  append_member(text, key, escaped);
}

std::string address_member(const IpAddress& address) {
  std::string text = "\n";
  append_member(text, status_keys::kAddress, IpText(address).view());
  return text + ",\n";
}

struct Span {
  std::size_t begin;
  std::size_t end;
};

std::size_t find(std::string_view text, std::string_view what, std::size_t from = 0) {
  const void* found = ::memmem(text.data() + from, text.size() - from, what.data(), what.size());
  return found == nullptr ? std::string_view::npos
                          : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

/// The record of an address in the layout of status_text().
std::optional<Span> find_record(std::string_view body, const IpAddress& address) {
  const std::size_t position = find(body, address_member(address));
  if (position == std::string_view::npos) return {};
  const std::size_t line = body.rfind(kRecordBegin, position);
  const std::size_t close = body.find(kRecordClose, position);
  if (close == std::string_view::npos) return {};
  return Span{line == std::string_view::npos ? 0 : line + 1, close + kRecordClose.size()};
}

/// How often an address stands in a text as a string: 0, 1 or more.
int mentions(std::string_view text, const IpAddress& address) {
  const std::string string = '"' + std::string(IpText(address).view()) + '"';
  const std::size_t first = find(text, string);
  if (first == std::string_view::npos) return 0;
  return find(text, string, first + 1) == std::string_view::npos ? 1 : 2;
}

/// The new text around what is kept of the old one: `before` and `after`, which are records with separators
/// between them, but none where the two meet an end.
TextPieces with_record(std::string_view before, std::string_view after, std::string_view record) {
  const bool keeps_some = !before.empty() || !after.empty();
  if (!keeps_some && record.empty()) return {kEmptyStatus};
  TextPieces pieces{kOpen, before, after};
  if (keeps_some && !record.empty()) pieces.push_back(kSeparator);
  pieces.push_back(record);
  pieces.push_back(kClose);
  return pieces;
}

/// As edit_status_text(), for a text in our own layout in which it can be seen at once that no record but the
/// one that is found has the address.
std::optional<TextPieces> edit_own_layout(std::string_view text, const std::optional<IpAddress>& removed,
                                          std::string_view record) {
  if (text == kEmptyStatus) return with_record({}, {}, record);
  if (!text.starts_with(kOpen) || !text.ends_with(kClose) || text.size() < kOpen.size() + kClose.size())
    return {};
  const std::string_view body = text.substr(kOpen.size(), text.size() - kOpen.size() - kClose.size());
  if (!body.starts_with(kRecordOpen) || !body.ends_with(kRecordClose)) return {};
  if (!removed) return with_record(body, {}, record);

  const int count = mentions(body, *removed);
  // An IPv6 address can be spelled in other ways.
  if (count == 0 && removed->family == Family::v4) return with_record(body, {}, record);
  const auto span = count == 1 ? find_record(body, *removed) : std::nullopt;
  if (!span || address_of_element(body.substr(span->begin, span->end - span->begin)) != removed) return {};
  std::string_view before = body.substr(0, span->begin);
  std::string_view after = body.substr(span->end);
  if (after.starts_with(kSeparator)) {
    after.remove_prefix(kSeparator.size());
  } else if (before.ends_with(kSeparator) && after.empty()) {
    before.remove_suffix(kSeparator.size());
  } else if (!before.empty() || !after.empty()) {
    return {};
  }
  return with_record(before, after, record);
}

/// The pieces of a text, in which neighbours of the old text that stay neighbours are one.
class ArrayPieces {
 public:
  explicit ArrayPieces(std::string_view old_text) : end_of_old_(old_text.data()) {}

  void add_element(std::string_view element) {
    // Then what stands between them is a part of the old text.
    const bool is_near = !pieces_.empty() && element.data() - end_of_old_ == std::ptrdiff_t{kBetween.size()};
    if (is_near && std::string_view(end_of_old_, kBetween.size()) == kBetween) {
      const std::string_view last = pieces_.back();
      pieces_.back() = {last.data(), last.size() + kBetween.size() + element.size()};
    } else {
      pieces_.push_back(pieces_.empty() ? kOpen : kSeparator);
      pieces_.push_back(kIndent);
      pieces_.push_back(element);
    }
    end_of_old_ = element.data() + element.size();
  }
  TextPieces with(std::string_view record) && {
    if (!record.empty()) {
      pieces_.push_back(pieces_.empty() ? kOpen : kSeparator);
      pieces_.push_back(record);
    }
    if (pieces_.empty()) return {kEmptyStatus};
    pieces_.push_back(kClose);
    return std::move(pieces_);
  }

 private:
  static constexpr std::string_view kBetween = ",\n  ";

  TextPieces pieces_;
  const char* end_of_old_;
};

/// As edit_status_text(), for any array.
std::optional<TextPieces> edit_array(std::string_view text, std::vector<IpAddress> removed,
                                     std::string_view record) {
  const auto elements = array_elements(text);
  if (!elements) return {};
  std::sort(removed.begin(), removed.end());
  ArrayPieces pieces(text);
  for (const std::string_view element : *elements) {
    const auto address = removed.empty() ? std::nullopt : address_of_element(element);
    if (!address || !std::binary_search(removed.begin(), removed.end(), *address))
      pieces.add_element(element);
  }
  return std::move(pieces).with(record);
}

}  // namespace

std::string decimal_time(ChangeTime time) {
  constexpr std::uint64_t kNanoseconds = 1'000'000'000;
  std::string text = decimal(time.nanoseconds / kNanoseconds) + '.';
  append_padded(text, time.nanoseconds % kNanoseconds, 9);
  return text;
}

std::string record_text(const Lease& lease) {
  std::string text(kRecordOpen);
  if (lease.iaid) append_member(text, status_keys::kIaid, IaidText(*lease.iaid).view());
  append_member(text, status_keys::kAddress, IpText(lease.address).view());
  if (lease.hardware) append_member(text, status_keys::kHardware, HardwareText(*lease.hardware).view());
  // Readers of libvirt's own file expect every name there, as libvirt's helper writes it.
  const bool is_shown = !lease.name_refused || !lease.source.empty();
  if (!lease.hostname.empty() && is_shown) append_name(text, status_keys::kHostname, lease.hostname);
  if (!lease.client_id.empty()) append_member(text, status_keys::kClientId, hex_text(lease.client_id));
  if (!lease.server_duid.empty()) append_member(text, status_keys::kServerDuid, hex_text(lease.server_duid));
  text.append(",\n    \"").append(status_keys::kExpiry).append("\": ").append(decimal(lease.expiry.seconds));
  if (!lease.hostname.empty() && !is_shown) append_name(text, status_keys::kRefusedHostname, lease.hostname);
  if (!lease.domain.empty()) append_member(text, status_keys::kDomain, lease.domain);
  append_member(text, status_keys::kLastChange, decimal_time(lease.changed));
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
  if (auto pieces = edit_own_layout(text, removed, record)) return pieces;
  return edit_array(text, removed ? std::vector{*removed} : std::vector<IpAddress>(), record);
}

std::optional<TextPieces> remove_records(std::string_view text, std::vector<IpAddress> removed) {
  return edit_array(text, std::move(removed), {});
}

bool may_hold_record(std::string_view text, const IpAddress& address) {
  return address.family == Family::v6 || mentions(text, address) > 0;
}

}  // namespace leases
