#include "helper/status_parser.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "common/address.h"
#include "common/hex_bytes.h"
#include "common/host_name.h"
#include "common/table.h"
#include "helper/decimal.h"

namespace leases {

namespace {

// The DOM interface picks the machine's instructions when it runs; the on-demand one is what was compiled in.
namespace dom = simdjson::dom;

/// Seconds since 1970 with nine digits behind the point.
std::optional<ChangeTime> parse_change(std::string_view text) {
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos || text.size() - point != 10) return {};
  const auto seconds = parse_decimal<std::uint64_t>(text.substr(0, point));
  const auto nanoseconds = parse_decimal<std::uint64_t>(text.substr(point + 1));
  if (!seconds || !nanoseconds || *seconds > kLatestChange.nanoseconds / 1'000'000'000) return {};
  return ChangeTime{*seconds * 1'000'000'000 + *nanoseconds};
}

class RecordReader {
 public:
  RecordReader(ParsedStatus& status, std::string_view network) : status_(status), network_(network) {}

  /// Nothing if the record lacks what every lease has, or a value is not what it should be.
  std::optional<Lease> read(const dom::object& record) {
    lease_ = {};
    lease_.network = network_;
    has_address_ = has_expiry_ = false;
    for (const auto [key, value] : record) {
      if (!read_member(key, value)) return {};
    }
    if (!has_address_ || !has_expiry_) return {};
    return lease_;
  }

 private:
  bool read_member(std::string_view key, const dom::element& value) {
    if (key == "expiry-time") {
      has_expiry_ = value.get_uint64().get(lease_.expiry.seconds) == simdjson::SUCCESS;
      return has_expiry_;
    }
    std::string_view text;
    if (value.get_string().get(text) != simdjson::SUCCESS) return !is_known(key);
    return read_text(key, text);
  }

  static bool is_known(std::string_view key) {
    constexpr std::array<std::string_view, 9> kKeys{
        "iaid",        "ip-address",       "mac-address", "hostname",   "client-id",
        "server-duid", "refused-hostname", "domain",      "last-change"};
    return std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end();
  }

  bool read_text(std::string_view key, std::string_view text) {
    if (key == "ip-address") {
      const auto address = parse_ip(text);
      if (address) lease_.address = *address;
      has_address_ = address.has_value();
      return has_address_;
    }
    if (key == "mac-address") {
      lease_.hardware = HardwareAddress::parse(text);
      return lease_.hardware.has_value();
    }
    if (key == "iaid") {
      lease_.iaid = Iaid::parse(text);
      return lease_.iaid.has_value();
    }
    if (key == "client-id") return read_bytes(text, lease_.client_id);
    if (key == "server-duid") return read_bytes(text, lease_.server_duid);
    if (key == "hostname" || key == "refused-hostname") {
      if (is_host_label(text)) lease_.hostname = status_.texts.keep(text);
      lease_.name_refused = key == "refused-hostname";
      return is_host_label(text);
    }
    if (key == "domain") {
      if (text != domain_) domain_ = status_.texts.keep(text);
      if (!is_localhost_domain(domain_)) lease_.domain = domain_;
      return is_domain_name(text);
    }
    if (key == "last-change") {
      const auto changed = parse_change(text);
      if (changed) lease_.changed = *changed;
      return changed.has_value();
    }
    return true;
  }

  bool read_bytes(std::string_view text, std::span<const std::uint8_t>& bytes) {
    std::uint8_t buffer[kMaxIdentifier];
    const auto count = parse_hex_bytes(text, buffer, sizeof buffer);
    if (!count) return false;
    const std::string_view kept = status_.texts.keep({reinterpret_cast<const char*>(buffer), *count});
    bytes = {reinterpret_cast<const std::uint8_t*>(kept.data()), kept.size()};
    return true;
  }

  ParsedStatus& status_;
  std::string_view network_;
  std::string_view domain_;  ///< of the record before: most often the same
  Lease lease_;
  bool has_address_ = false;
  bool has_expiry_ = false;
};

class StatusParser {
 public:
  StatusParser(std::string_view text, std::string_view network) : text_(text), reader_(status_, network) {}

  ParsedStatus parse(ChangeTime unknown_change) {
    if (!parse_whole()) {
      status_.leases.clear();
      salvage();
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
    for (const dom::element item : records) {
      ++record_number_;
      if (!read_record(item) && status_.damage.empty()) {
        status_.damage = "is damaged in record " + std::to_string(record_number_);
      }
    }
    return true;
  }

  /// What looks like a record is read by itself: records hold no braces but their own.
  void salvage() {
    std::string_view rest = text_;
    for (std::size_t end = rest.find('}'); end != std::string_view::npos; end = rest.find('}')) {
      const std::size_t begin = rest.rfind('{', end);
      dom::element item;
      if (begin != std::string_view::npos &&
          parser_.parse(rest.data() + begin, end - begin + 1).get(item) == simdjson::SUCCESS) {
        read_record(item);
      }
      rest.remove_prefix(end + 1);
    }
  }

  bool read_record(const dom::element& item) {
    dom::object record;
    if (item.get_object().get(record) != simdjson::SUCCESS) return false;
    const auto lease = reader_.read(record);
    if (lease) status_.leases.push_back(*lease);
    return lease.has_value();
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

  /// Which records have another one of the same address behind them. Sorting finds them faster than a hash
  /// table, in which every one of a million would be a cache miss.
  [[nodiscard]] std::vector<bool> replaced_records() const {
    const std::vector<Lease>& leases = status_.leases;
    std::vector<std::pair<std::uint64_t, std::size_t>> order;
    order.reserve(leases.size());
    for (std::size_t i = 0; i < leases.size(); ++i) order.emplace_back(hash_of(leases[i].address), i);
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
  ParsedStatus status_;
  RecordReader reader_;
  dom::parser parser_;
  std::size_t record_number_ = 0;
};

}  // namespace

ParsedStatus parse_status(std::string_view text, std::string_view network, ChangeTime unknown_change) {
  return StatusParser(text, network).parse(unknown_change);
}

}  // namespace leases
