#include "import/kea_leases.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "common/hex_bytes.h"
#include "import/lease_log.h"
#include "import/lease_name.h"
#include "store/identifier.h"
#include "util/decimal.h"

namespace leases {

namespace {

constexpr std::uint32_t kForEver = std::numeric_limits<std::uint32_t>::max();
/// Between the orders of rows in files that were written one after the other: more than a file has bytes.
constexpr std::uint64_t kFileOrder = std::uint64_t{1} << 28;

/// Cuts the text up to a separator off, and the separator.
std::string_view cut(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

/// Kea writes a character that would end a value as "&#x2c": two hex digits, nothing after them.
std::string unescaped(std::string_view value) {
  constexpr std::string_view kEscape = "&#x";
  std::string text;
  for (std::size_t at = value.find(kEscape); at != std::string_view::npos; at = value.find(kEscape)) {
    text += value.substr(0, at);
    value.remove_prefix(at);
    const auto high = value.size() > 4 ? hex_digit(value[3]) : std::nullopt;
    const auto low = value.size() > 4 ? hex_digit(value[4]) : std::nullopt;
    if (high && low) {
      text += static_cast<char>(*high * 16 + *low);
    } else {
      text += value.substr(0, kEscape.size());
    }
    value.remove_prefix(high && low ? kEscape.size() + 2 : kEscape.size());
  }
  return text.append(value);
}

enum class Column : std::uint8_t {
  address,
  hardware,
  hardware_type,
  client_id,
  duid,
  iaid,
  lease_type,
  lifetime,
  expire,
  hostname,
  state,
};

constexpr std::array<std::string_view, 11> kColumnNames{"address", "hwaddr",   "hwtype",     "client_id",
                                                        "duid",    "iaid",     "lease_type", "valid_lifetime",
                                                        "expire",  "hostname", "state"};

/// Where the values of a row are.
class Columns {
 public:
  explicit Columns(std::string_view names) {
    places_.fill(kNowhere);
    for (; !names.empty(); ++count_) {
      const auto known = std::ranges::find(kColumnNames, cut(names, ','));
      if (known != kColumnNames.end())
        places_[static_cast<std::size_t>(known - kColumnNames.begin())] = count_;
    }
  }

  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] bool have(Column column) const { return place_of(column) != kNowhere; }
  /// Empty if there is no such column.
  [[nodiscard]] std::string_view value(std::span<const std::string_view> row, Column column) const {
    return have(column) ? row[place_of(column)] : std::string_view();
  }

 private:
  static constexpr std::size_t kNowhere = std::numeric_limits<std::size_t>::max();

  [[nodiscard]] std::size_t place_of(Column column) const {
    return places_[static_cast<std::size_t>(column)];
  }

  std::array<std::size_t, kColumnNames.size()> places_;
  std::size_t count_ = 0;
};

class KeaParser {
 public:
  explicit KeaParser(const SourceText& source)
      : source_(source), log_(source.modified), network_(log_.texts().keep(source.network)) {}

  ParsedFile parse() {
    const auto& [completed, previous, copied] = source_.beside;
    if (completed) {
      read(*completed, ".completed", 0);
    } else {
      if (previous) read(*previous, ".2", 0);
      if (copied) read(*copied, ".1", kFileOrder);
    }
    read(source_.text, "", 2 * kFileOrder, source_.left_out);
    return std::move(log_).finish();
  }

 private:
  /// `order` is that of its first row, `left_out` what it lacks after its first line.
  void read(std::string_view text, std::string_view suffix, std::uint64_t order, std::size_t left_out = 0) {
    const std::size_t end_of_names = text.find('\n');
    // Kea has just made the file.
    if (end_of_names == std::string_view::npos && text.size() < kMaxNames) return;
    const std::size_t size = text.size();
    const Columns columns(cut(text, '\n'));
    if (!columns.have(Column::address) || !columns.have(Column::lifetime) || !columns.have(Column::expire)) {
      log_.set_damage(suffix.empty() ? "has no first line with the names of Kea's columns"
                                     : "has a file with the ending " + std::string(suffix) +
                                           " beside it whose first line has not the names of Kea's columns");
      return;
    }
    for (std::size_t number = 2; text.find('\n') != std::string_view::npos; ++number) {
      order_ = order + left_out + (size - text.size());
      const std::string_view line = cut(text, '\n');
      const std::string wrong = line.empty() ? "" : read_row(columns, line);
      if (wrong.empty()) continue;
      log_.add_problem(where(number, suffix, left_out > 0), wrong, kept_);
    }
  }

  static std::string where(std::size_t number, std::string_view suffix, bool is_rest) {
    if (is_rest) return "new row " + std::to_string(number - 1);
    return "line " + std::to_string(number) + (suffix.empty() ? "" : " of " + std::string(suffix));
  }

  void split(std::string_view line) {
    values_.clear();
    for (std::size_t comma = line.find(','); comma != std::string_view::npos; comma = line.find(',')) {
      values_.push_back(line.substr(0, comma));
      line.remove_prefix(comma + 1);
    }
    values_.push_back(line);
  }

  /// What is wrong with the row, and the consequence; empty if nothing is.
  std::string read_row(const Columns& columns, std::string_view line) {
    kept_.reset();
    if (line.ends_with('\r')) line.remove_suffix(1);
    split(line);
    if (values_.size() != columns.count())
      return "has not as many values as there are columns; it is left out";
    const auto value = [&](Column column) { return columns.value(values_, column); };

    const auto address = parse_ip(value(Column::address));
    if (!address) return "'address' is not an IP address; the row is left out";
    if (value(Column::lease_type) == "2") return {};
    const auto lifetime = parse_decimal<std::uint32_t>(value(Column::lifetime));
    const auto expire = parse_decimal<std::uint64_t>(value(Column::expire));
    if (!lifetime || !expire) return "'valid_lifetime' and 'expire' have to be numbers; the row is left out";
    const std::string_view state = value(Column::state);
    const bool is_leased = state.empty() || state == "0" || state == "4";
    if (!state.empty() && !parse_decimal<std::uint32_t>(state))
      return "'state' has to be a number; the row is left out";
    if (!is_leased || *lifetime == 0) {
      log_.add_end(*address);
      return {};
    }
    Lease lease;
    lease.network = network_;
    lease.address = *address;
    if (*lifetime != kForEver) lease.expiry = {*expire};
    if (lease.expiry.infinite() && *lifetime != kForEver) return "'expire' is 0; the row is left out";
    const std::string wrong = read_client(lease, value);
    log_.add(lease, *expire >= *lifetime ? *expire - *lifetime : 0, order_);
    if (wrong.empty()) return {};
    kept_ = lease.address;
    return wrong + "; the lease is kept without it";
  }

  template <typename Value>
  std::string read_client(Lease& lease, const Value& value) {
    const bool is_v6 = lease.address.family == Family::v6;
    std::string wrong;
    std::string_view hardware = value(Column::hardware);
    if (!hardware.empty()) {
      lease.hardware = HardwareAddress::parse(hardware);
      if (!lease.hardware) wrong = "'hwaddr' is not a hardware address";
      const auto type = parse_decimal<std::uint16_t>(value(Column::hardware_type));
      if (lease.hardware && type && *type != 0) lease.hardware->type = *type;
    }
    if (is_v6 && !value(Column::iaid).empty()) {
      const auto iaid = parse_decimal<std::uint32_t>(value(Column::iaid));
      if (iaid) lease.iaid = Iaid{*iaid, value(Column::lease_type) == "1"};
      if (!iaid) wrong = "'iaid' is not a number";
    }
    if (!read_identifier(lease, value(is_v6 ? Column::duid : Column::client_id)))
      wrong = is_v6 ? "'duid' is not a DUID" : "'client_id' is not a client identifier";
    std::string name = unescaped(value(Column::hostname));
    if (name.ends_with('.')) name.pop_back();
    if (!name.empty() && !take_clients_name(lease, name, source_.domain, log_.texts()))
      wrong = "'hostname' " + std::string(kIsNoName);
    return wrong;
  }

  bool read_identifier(Lease& lease, std::string_view text) {
    const Identifier identifier(text);
    const auto bytes = identifier.bytes();
    const std::string_view kept =
        log_.texts().keep({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    lease.client_id = {reinterpret_cast<const std::uint8_t*>(kept.data()), kept.size()};
    return identifier.state() != Identifier::State::junk;
  }

  /// More than the names of all columns of any version.
  static constexpr std::size_t kMaxNames = 4096;

  const SourceText& source_;
  LeaseLog log_;
  std::string_view network_;
  std::vector<std::string_view> values_;  ///< of the row that is being read
  std::uint64_t order_ = 0;               ///< of that row
  std::optional<IpAddress> kept_;         ///< the address of its lease, if that is kept despite a problem
};

}  // namespace

ParsedFile parse_kea_leases(const SourceText& source) {
  return KeaParser(source).parse();
}

}  // namespace leases
