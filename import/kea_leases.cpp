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
#include "import/source_file.h"
#include "store/identifier.h"
#include "util/decimal.h"
#include "util/words.h"

namespace leases {

namespace {

constexpr std::uint32_t kForEver = std::numeric_limits<std::uint32_t>::max();
/// Between the orders of rows in files that were written one after the other: no file has more bytes.
constexpr std::uint64_t kFileOrder = kMaxSourceSize;
static_assert(3 * kFileOrder < LeaseLog::kOrders, "the rows of three files have an order");

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
      const auto known = std::ranges::find(kColumnNames, take_until(',', names));
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
    read(source_.text, "", 2 * kFileOrder, source_.skipped);
    return std::move(log_).finish();
  }

 private:
  /// `order` is that of its first row, `skipped` what it lacks after its first line.
  void read(std::string_view text, std::string_view suffix, std::uint64_t order, std::size_t skipped = 0) {
    const std::size_t end_of_names = text.find('\n');
    // Kea has just made the file.
    if (end_of_names == std::string_view::npos && text.size() < kMaxNames) return;
    const std::size_t size = text.size();
    const Columns columns(take_until('\n', text));
    if (!columns.have(Column::address) || !columns.have(Column::lifetime) || !columns.have(Column::expire)) {
      log_.set_damage(suffix.empty() ? "has no first line with the names of Kea's columns"
                                     : "has a file with the ending " + std::string(suffix) +
                                           " beside it whose first line does not name Kea's columns");
      return;
    }
    suffix_ = suffix;
    is_addition_ = skipped > 0;
    for (row_ = 1; text.find('\n') != std::string_view::npos; ++row_) {
      order_ = order + skipped + (size - text.size());
      const std::string_view line = take_until('\n', text);
      const std::string_view wrong = line.empty() ? std::string_view() : read_row(columns, line);
      if (!wrong.empty()) log_.add_problem(where(), std::string(wrong) + "; it is left out");
    }
  }

  /// Rows are counted from the first after the names of the columns.
  [[nodiscard]] std::string where() const {
    const std::string row = (is_addition_ ? "new row " : "row ") + std::to_string(row_);
    return suffix_.empty() ? row : row + " of " + std::string(suffix_);
  }

  void split(std::string_view line) {
    values_.clear();
    for (std::size_t comma = line.find(','); comma != std::string_view::npos; comma = line.find(',')) {
      values_.push_back(line.substr(0, comma));
      line.remove_prefix(comma + 1);
    }
    values_.push_back(line);
  }

  /// Why the row is left out; empty if it is not.
  std::string_view read_row(const Columns& columns, std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    split(line);
    if (values_.size() != columns.count()) return "has not as many values as there are columns";
    const auto value = [&](Column column) { return columns.value(values_, column); };

    const auto address = parse_ip(value(Column::address));
    if (!address) return "'address' is not an IP address";
    if (value(Column::lease_type) == "2") return {};
    const auto lifetime = parse_decimal<std::uint32_t>(value(Column::lifetime));
    const auto expire = parse_decimal<std::uint64_t>(value(Column::expire));
    if (!lifetime || !expire) return "'valid_lifetime' and 'expire' have to be numbers";
    const std::string_view state = value(Column::state);
    const bool is_leased = state.empty() || state == "0" || state == "4";
    if (!state.empty() && !parse_decimal<std::uint32_t>(state)) return "'state' has to be a number";
    if (!is_leased || *lifetime == 0) {
      log_.add_end(*address);
      return {};
    }
    Lease lease;
    lease.network = network_;
    lease.address = *address;
    if (*lifetime != kForEver) lease.expiry = {*expire};
    if (lease.expiry.infinite() && *lifetime != kForEver) return "'expire' is 0";
    read_client(lease, value);
    log_.add(lease, *expire >= *lifetime ? *expire - *lifetime : 0, order_);
    return {};
  }

  template <typename Value>
  void read_client(Lease& lease, const Value& value) {
    const bool is_v6 = lease.address.family == Family::v6;
    const std::string_view hardware = value(Column::hardware);
    if (!hardware.empty()) {
      lease.hardware = HardwareAddress::parse(hardware);
      if (!lease.hardware) is_without("'hwaddr' is not a hardware address", lease);
      const auto type = parse_decimal<std::uint16_t>(value(Column::hardware_type));
      if (lease.hardware && type && *type != 0) lease.hardware->type = *type;
    }
    if (is_v6 && !value(Column::iaid).empty()) {
      const auto iaid = parse_decimal<std::uint32_t>(value(Column::iaid));
      if (iaid) lease.iaid = Iaid{*iaid, value(Column::lease_type) == "1"};
      if (!iaid) is_without("'iaid' is not a number", lease);
    }
    if (!read_identifier(lease, value(is_v6 ? Column::duid : Column::client_id)))
      is_without(is_v6 ? "'duid' is not a DUID" : "'client_id' is not a client identifier", lease);
    std::string name = unescaped(value(Column::hostname));
    if (name.ends_with('.')) name.pop_back();
    if (!name.empty() && !take_clients_name(lease, name, source_.domain, log_.texts()))
      is_without("'hostname' " + std::string(kIsNoName), lease);
  }

  void is_without(const std::string& what, const Lease& lease) {
    log_.add_problem(lease_without(where(), what, lease.address));
  }

  bool read_identifier(Lease& lease, std::string_view text) {
    const Identifier identifier(text);
    lease.client_id = log_.texts().keep_bytes(identifier.bytes());
    return identifier.state() != Identifier::State::junk;
  }

  /// More than the names of all columns of any version.
  static constexpr std::size_t kMaxNames = 4096;

  const SourceText& source_;
  LeaseLog log_;
  std::string_view network_;
  std::vector<std::string_view> values_;  ///< of the row that is being read
  // Of that row:
  std::uint64_t order_ = 0;
  std::size_t row_ = 0;       ///< its number
  std::string_view suffix_;   ///< the ending of the file beside the source's that it is in; or empty
  bool is_addition_ = false;  ///< it is counted from where the file was read to before
};

}  // namespace

ParsedFile parse_kea_leases(const SourceText& source) {
  return KeaParser(source).parse();
}

}  // namespace leases
