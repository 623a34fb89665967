#include "import/status_parser.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "common/address.h"
#include "common/host_name.h"
#include "common/table.h"
#include "store/client_name.h"
#include "store/identifier.h"
#include "store/status_keys.h"
#include "util/decimal.h"
#include "util/hash_table.h"

namespace leases {

namespace {

// The DOM interface picks the machine's instructions when it runs; the on-demand one is what was compiled in.
namespace dom = simdjson::dom;

/// Seconds since 1970 with nine digits after the point.
std::optional<ChangeTime> parse_change(std::string_view text) {
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos || text.size() - point != 10) return {};
  const auto seconds = parse_decimal<std::uint64_t>(text.substr(0, point));
  const auto nanoseconds = parse_decimal<std::uint64_t>(text.substr(point + 1));
  if (!seconds || !nanoseconds || *seconds > kLatestChange.nanoseconds / 1'000'000'000) return {};
  return ChangeTime{*seconds * 1'000'000'000 + *nanoseconds};
}

/// Whether a record may say what its guest is called.
enum class GuestKey : bool { unknown, known };

class RecordReader {
 public:
  RecordReader(ParsedFile& status, std::string_view network, GuestKey guest_key)
      : status_(status), network_(network), guest_key_(guest_key) {}

  /// Adds the lease of a record, or a problem, or both.
  void read(const dom::element& item, std::size_t number) {
    lease_ = {};
    lease_.network = network_;
    address_ = expiry_ = Value::missing;
    problem_.clear();
    dom::object record;
    if (item.get_object().get(record) != simdjson::SUCCESS) {
      add_problem(number, "is not an object; it is left out", {});
      return;
    }
    for (const auto [key, value] : record) read_member(key, value);
    const char* lacks = lacking();
    if (lacks == nullptr) {
      status_.leases.push_back(lease_);
      if (!problem_.empty()) add_problem(number, problem_, lease_.address);
    } else {
      add_problem(number, std::string(lacks) + "; it is left out", {});
    }
  }

 private:
  enum class Value : std::uint8_t { missing, wrong, read };

  /// Why the record is not a lease; null if it is one.
  [[nodiscard]] const char* lacking() const {
    if (address_ == Value::missing) return "has no 'ip-address'";
    if (address_ == Value::wrong) return "'ip-address' is not an IP address";
    if (expiry_ == Value::missing) return "has no 'expiry-time'";
    if (expiry_ == Value::wrong) return "'expiry-time' is not a number of seconds";
    return nullptr;
  }

  void read_member(std::string_view key, const dom::element& value) {
    if (key == status_keys::kExpiry) {
      const bool is_read = value.get_uint64().get(lease_.expiry.seconds) == simdjson::SUCCESS;
      expiry_ = is_read ? Value::read : Value::wrong;
      return;
    }
    std::string_view text;
    const bool is_text = value.get_string().get(text) == simdjson::SUCCESS;
    if (key == status_keys::kAddress) {
      const auto address = is_text ? parse_ip(text) : std::nullopt;
      lease_.address = address.value_or(IpAddress{});
      address_ = address ? Value::read : Value::wrong;
    } else if (key == status_keys::kHostname || key == status_keys::kRefusedHostname) {
      read_name(key, is_text ? std::optional(text) : std::nullopt);
    } else if (is_text ? !read_text(key, text) : is_known(key)) {
      forget(key);
      has_problem(key, "cannot be read; the lease is kept without it");
    }
  }

  static bool is_known(std::string_view key) {
    constexpr std::array<std::string_view, 6> kKeys{status_keys::kIaid,     status_keys::kHardware,
                                                    status_keys::kClientId, status_keys::kServerDuid,
                                                    status_keys::kDomain,   status_keys::kLastChange};
    return std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end();
  }

  bool read_text(std::string_view key, std::string_view text) {
    if (key == status_keys::kHardware) {
      lease_.hardware = HardwareAddress::parse(text);
      return lease_.hardware.has_value();
    }
    if (key == status_keys::kIaid) {
      lease_.iaid = Iaid::parse(text);
      return lease_.iaid.has_value();
    }
    if (key == status_keys::kClientId) return read_bytes(text, lease_.client_id);
    if (key == status_keys::kServerDuid) return read_bytes(text, lease_.server_duid);
    if (key == status_keys::kDomain) {
      if (!is_domain_name(text)) return false;
      if (text != domain_) domain_ = status_.texts.keep(text);
      lease_.domain = is_localhost_domain(domain_) ? std::string_view() : domain_;
      return true;
    }
    if (key == status_keys::kGuest && guest_key_ == GuestKey::known) {
      lease_.guest_name = is_domain_name(text) ? status_.texts.keep(text) : std::string_view();
      return is_domain_name(text);
    }
    if (key == status_keys::kLastChange) {
      const auto changed = parse_change(text);
      lease_.changed = changed.value_or(ChangeTime{});
      return changed.has_value();
    }
    return true;
  }

  /// Of a key that is there twice, the first value does not count either.
  void forget(std::string_view key) {
    if (key == status_keys::kHardware) lease_.hardware.reset();
    if (key == status_keys::kIaid) lease_.iaid.reset();
    if (key == status_keys::kClientId) lease_.client_id = {};
    if (key == status_keys::kServerDuid) lease_.server_duid = {};
    if (key == status_keys::kDomain) lease_.domain = {};
    if (key == status_keys::kGuest) lease_.guest_name = {};
    if (key == status_keys::kLastChange) lease_.changed = {};
  }

  void read_name(std::string_view key, std::optional<std::string_view> name) {
    const bool can_be_kept = name && is_client_name(*name);
    lease_.hostname = can_be_kept ? status_.texts.keep(*name) : std::string_view();
    lease_.name_refused = can_be_kept && (key == status_keys::kRefusedHostname || !is_host_label(*name));
    if (!can_be_kept)
      has_problem(key, "is not one word of at most 64 visible characters; the lease has no name here");
  }

  bool read_bytes(std::string_view text, std::span<const std::uint8_t>& bytes) {
    const Identifier identifier(text);
    if (identifier.state() == Identifier::State::not_whole) status_.complete = false;
    bytes = status_.texts.keep_bytes(identifier.bytes());
    return identifier.state() != Identifier::State::junk;
  }

  void add_problem(std::size_t number, std::string what, std::optional<IpAddress> kept) {
    status_.problems.add({"record " + std::to_string(number), std::move(what), kept});
  }

  void has_problem(std::string_view key, std::string_view what) {
    if (problem_.empty()) problem_.append("'").append(key).append("' ").append(what);
  }

  ParsedFile& status_;
  std::string_view network_;
  GuestKey guest_key_;
  std::string_view domain_;  ///< of the record before: most often the same
  Lease lease_;
  Value address_ = Value::missing;
  Value expiry_ = Value::missing;
  std::string problem_;  ///< the first, of those that do not cost the lease
};

class StatusParser {
 public:
  StatusParser(std::string_view text, std::string_view network, GuestKey guest_key)
      : text_(text), reader_(status_, network, guest_key) {}

  ParsedFile parse(ChangeTime unknown_change) {
    if (!parse_whole()) {
      status_.leases.clear();
      salvage();
      status_.problems.clear();
    }
    complete(unknown_change);
    return std::move(status_);
  }

 private:
  bool parse_whole() {
    constexpr std::string_view kBegin = "[\n  {\n";
    constexpr std::string_view kEnd = "\n  }\n]\n";
    if (!text_.starts_with(kBegin) || !text_.ends_with(kEnd)) return parse_array(text_);
    return parse_pieces(text_.substr(2, text_.size() - 5));
  }

  /// In our own layout a line break ends every record, and no string can hold one. So a file of any length
  /// can be parsed in pieces, which needs memory for one piece only.
  bool parse_pieces(std::string_view records) {
    constexpr std::string_view kBetween = "\n  },\n  {\n";
    constexpr std::size_t kRecordEnd = 4;
    constexpr std::size_t kPieceSize = 0x100000;
    while (!records.empty()) {
      const std::size_t between = records.find(kBetween, kPieceSize);
      const std::size_t end = between == std::string_view::npos ? records.size() : between + kRecordEnd;
      if (!parse_array(std::string("[").append(records.substr(0, end)).append("]"))) return false;
      records.remove_prefix(between == std::string_view::npos ? end : end + 2);
    }
    return true;
  }

  bool parse_array(std::string_view text) {
    dom::array records;
    if (parser_.parse(text.data(), text.size()).get_array().get(records) != simdjson::SUCCESS) {
      status_.damage = text.empty() ? "is empty" : "is not a whole JSON array";
      return false;
    }
    for (const dom::element item : records) reader_.read(item, ++record_number_);
    return true;
  }

  /// Reads whatever looks like a record by itself: a record has no braces but its own.
  void salvage() {
    std::string_view rest = text_;
    for (std::size_t end = rest.find('}'); end != std::string_view::npos; end = rest.find('}')) {
      const std::size_t begin = rest.rfind('{', end);
      dom::element item;
      if (begin != std::string_view::npos &&
          parser_.parse(rest.data() + begin, end - begin + 1).get(item) == simdjson::SUCCESS) {
        reader_.read(item, 0);
      }
      rest.remove_prefix(end + 1);
    }
  }

  /// The last record of an address counts; times that are missing are filled in.
  void complete(ChangeTime unknown_change) {
    std::vector<Lease>& leases = status_.leases;
    for (std::size_t i = 0; i < leases.size(); ++i) {
      if (leases[i].changed != ChangeTime{}) continue;
      leases[i].changed = {unknown_change.nanoseconds + i};
      status_.complete = false;
    }
    const std::vector<bool> replaced = replaced_records();
    std::size_t kept = 0;
    for (std::size_t i = 0; i < leases.size(); ++i) {
      if (!replaced[i]) leases[kept++] = leases[i];
    }
    status_.complete = status_.complete && kept == leases.size();
    leases.resize(kept);
  }

  /// Which records have another one of the same address after them. Sorting finds them faster than a hash
  /// table, in which each of a million would be a cache miss. Keyed, since a guest that knew the hash could
  /// have all of its addresses compared with each other.
  [[nodiscard]] std::vector<bool> replaced_records() const {
    const std::vector<Lease>& leases = status_.leases;
    std::vector<std::pair<std::uint64_t, std::size_t>> order;
    order.reserve(leases.size());
    const KeyedHash keyed;
    for (std::size_t i = 0; i < leases.size(); ++i) order.emplace_back(keyed(leases[i].address), i);
    std::sort(order.begin(), order.end());
    std::vector<bool> replaced(leases.size(), false);
    for (std::size_t i = 0; i < order.size(); ++i) {
      const auto [hash, record] = order[i];
      for (std::size_t k = i + 1; k < order.size() && order[k].first == hash && !replaced[record]; ++k) {
        replaced[record] = leases[order[k].second].address == leases[record].address;
      }
    }
    return replaced;
  }

  std::string_view text_;
  ParsedFile status_;
  RecordReader reader_;
  dom::parser parser_;
  std::size_t record_number_ = 0;
};

}  // namespace

ParsedFile parse_status(std::string_view text, std::string_view network, ChangeTime unknown_change) {
  return StatusParser(text, network, GuestKey::unknown).parse(unknown_change);
}

ParsedFile parse_shared_status(std::string_view text, std::string_view network, ChangeTime unknown_change) {
  return StatusParser(text, network, GuestKey::known).parse(unknown_change);
}

}  // namespace leases
