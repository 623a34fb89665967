#include "import/isc_dhcpd_leases.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "import/isc_statement.h"
#include "import/isc_values.h"
#include "import/lease_log.h"
#include "import/lease_name.h"

namespace leases {

namespace {

using End = IscStatement::End;

constexpr std::size_t kIaidSize = 4;
constexpr std::string_view kAddress = "iaaddr";

/// An identity association of a client's: whether it is temporary, and its IAID and DUID.
using IscAssociation = std::pair<bool, std::string>;

/// What is known so far of the lease that a declaration is about.
struct LeaseInLog {
  Lease lease;
  std::optional<std::uint64_t> changed;  ///< seconds since 1970
  std::optional<ExpiryTime> ends;
  std::string state;
  std::string client_name;
  std::string dns_name;
};

class IscParser {
 public:
  explicit IscParser(const SourceText& source)
      : log_(source.modified), network_(log_.texts().keep(source.network)), domain_(source.domain) {}

  ParsedFile parse(std::string_view text) {
    const bool has_text = !text.empty();
    for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
      ++number_;
      read_line(text.substr(0, end));
      text.remove_prefix(end + 1);
    }
    if (has_text && !is_known_) log_.set_damage("has no line in dhcpd's format");
    ParsedFile file = std::move(log_).finish();
    for (Lease& lease : file.leases) {
      if (lease.address.family == Family::v6) lease.server_duid = server_duid_;
    }
    return file;
  }

 private:
  enum class Declaration : std::uint8_t { none, other, lease, ia };

  void read_line(std::string_view line) {
    const auto statement = IscStatement::parse(line);
    const bool is_first = !line.empty() && line.find_first_of(" \t\r}#") != 0;
    if (is_first) {
      if (declaration_ != Declaration::none) add_problem("has no end");
      begin_ = number_;
      forget();
      declaration_ = statement ? begin(*statement) : Declaration::none;
      if (!statement && is_lease(line)) add_problem("cannot be read");
    } else if (statement && statement->end == End::close && statement->indent == 0) {
      finish();
      declaration_ = Declaration::none;
    } else if (declaration_ == Declaration::lease || declaration_ == Declaration::ia) {
      read_inside(statement, line);
    }
  }

  static bool is_lease(std::string_view line) {
    return line.starts_with("lease ") || line.starts_with("ia-na ") || line.starts_with("ia-ta ");
  }

  /// The first line of a declaration, or a statement outside of them.
  Declaration begin(const IscStatement& statement) {
    const std::string_view what = statement.word(0);
    if (statement.end == End::semicolon) {
      read_setting(statement);
      return Declaration::none;
    }
    if (statement.end != End::open) return Declaration::none;
    const bool is_temporary = what == "ia-ta";
    if (what == "lease") {
      is_known_ = true;
      begin_lease(statement.word(1));
      return Declaration::lease;
    }
    if (what != "ia-na" && !is_temporary) return Declaration::other;
    is_known_ = true;
    begin_ia(statement, is_temporary);
    return Declaration::ia;
  }

  void read_setting(const IscStatement& statement) {
    if (statement.word(0) == "server-duid" && statement.words.size() == 2) {
      is_known_ = true;
      const auto duid = isc_bytes(statement.words[1], kMaxIdentifier);
      if (duid) server_duid_ = keep(*duid);
      if (!duid) log_.add_problem(where(), "'server-duid' is not a DUID");
    } else if (statement.word(0) == "authoring-byte-order") {
      is_known_ = true;
      is_little_endian_ = statement.word(1) == "little-endian";
    }
  }

  void begin_lease(std::string_view address) {
    const auto ip = parse_ip(address);
    if (!ip) {
      add_problem("does not begin with an IP address");
      return;
    }
    current_.emplace();
    current_->lease.network = network_;
    current_->lease.address = *ip;
  }

  void begin_ia(const IscStatement& statement, bool is_temporary) {
    const auto bytes = statement.words.size() == 2 ? isc_bytes(statement.words[1], kIaidSize + kMaxIdentifier)
                                                   : std::nullopt;
    if (!bytes || bytes->size() < kIaidSize) {
      log_.add_problem(where(), "does not begin with an IAID and a DUID; its leases are kept without these");
      return;
    }
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < kIaidSize; ++i) {
      const std::size_t place = is_little_endian_ ? kIaidSize - 1 - i : i;
      value = value << 8U | static_cast<std::uint8_t>((*bytes)[place]);
    }
    association_ = IscAssociation(is_temporary, *bytes);
    iaid_ = Iaid{value, is_temporary};
    client_id_ = keep(bytes->substr(kIaidSize));
  }

  void read_inside(const std::optional<IscStatement>& statement, std::string_view line) {
    if (!statement) return read_damaged(line);
    if (statement->end == End::close) {
      if (declaration_ == Declaration::ia && depth_ == 1) put_aside();
      depth_ -= std::min<std::size_t>(depth_, 1);
      return;
    }
    if (statement->end == End::open) {
      ++depth_;
      if (declaration_ == Declaration::ia && depth_ == 1 && statement->word(0) == kAddress) {
        begin_lease(statement->word(1));
        if (!current_) has_all_addresses_ = false;
        if (current_) current_->lease.iaid = iaid_;
        if (current_) current_->lease.client_id = client_id_;
      }
      return;
    }
    if (statement->end != End::semicolon) return;
    const bool is_of_lease = depth_ == (declaration_ == Declaration::ia ? 1 : 0);
    if (current_ && is_of_lease) {
      read_statement(*statement, *current_);
    } else if (is_address(statement->word(0))) {
      lose_address();
    } else if (depth_ == 0 && statement->word(0) == "cltt") {
      ia_changed_ = seconds_of(*statement);
    }
  }

  /// The first line of an address of an ia-na or ia-ta.
  [[nodiscard]] bool is_address(std::string_view what) const {
    return declaration_ == Declaration::ia && depth_ == 0 && what == kAddress;
  }

  void lose_address() {
    log_.add_problem("line " + std::to_string(number_), "'iaaddr' cannot be read; its lease is left out");
    has_all_addresses_ = false;
  }

  static std::optional<std::uint64_t> seconds_of(const IscStatement& statement) {
    const auto time = isc_time(statement);
    return time ? std::optional(time->seconds) : std::nullopt;
  }

  void read_statement(const IscStatement& statement, LeaseInLog& current) {
    const std::string_view what = statement.word(0);
    const bool has_value = statement.words.size() == 2;
    if (what == "ends") {
      current.ends = isc_time(statement);
    } else if (what == "cltt" || (what == "starts" && !current.changed)) {
      current.changed = seconds_of(statement);
    } else if (what == "binding" && statement.word(1) == "state") {
      current.state = statement.word(2);
    } else if (what == "hardware") {
      current.lease.hardware = isc_hardware(statement);
      if (!current.lease.hardware) is_without("'hardware' is not a hardware address");
    } else if (what == "uid" && has_value) {
      const auto bytes = isc_bytes(statement.words[1], kMaxIdentifier);
      current.lease.client_id = keep(bytes.value_or(""));
      if (!bytes) is_without("'uid' is not a client identifier");
    } else if (what == "client-hostname" && has_value) {
      current.client_name = statement.word(1);
    } else if (what == "set" && statement.words.size() == 4 && statement.word(2) == "=") {
      if (statement.word(1) == "ddns-fwd-name") current.dns_name = statement.word(3);
      if (statement.word(1) == "client-name") current.client_name = statement.word(3);
    }
  }

  /// Other lines may be of a statement that goes over several.
  void read_damaged(std::string_view line) {
    constexpr std::array<std::string_view, 5> kOurs{"hardware", "uid", "client-hostname", "set ddns-fwd-name",
                                                    "set client-name"};
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (is_address(line.substr(0, kAddress.size()))) lose_address();
    for (const std::string_view what : kOurs) {
      if (current_ && line.starts_with(what)) is_without('\'' + std::string(what) + "' cannot be read");
    }
  }

  /// The end of a declaration.
  void finish() {
    if (declaration_ == Declaration::lease) put_aside();
    if (declaration_ == Declaration::ia && current_) {
      add_problem("has an address without an end");
      has_all_addresses_ = false;
    }
    replace_association();
    for (const LeaseInLog& found : whole_) add(found);
    forget();
  }

  /// As dhcpd reads its file: an association has the addresses of its last declaration, unless they have
  /// become another's. A client that moved to another subnet has only those there.
  void replace_association() {
    if (!association_) return;
    const auto entry = addresses_.try_emplace(*association_).first;
    check_count(addresses_.size());
    const IscAssociation* own = &entry->first;
    std::vector<IpAddress>& addresses = entry->second;
    const auto before = has_all_addresses_ ? std::exchange(addresses, {}) : std::vector<IpAddress>();
    for (const LeaseInLog& found : whole_) {
      addresses.push_back(found.lease.address);
      holders_[found.lease.address] = own;
    }
    for (const IpAddress& address : before) {
      const bool is_left = std::ranges::find(addresses, address) == addresses.end();
      if (is_left && holders_[address] == own) log_.add_end(address);
    }
  }

  void forget() {
    current_.reset();
    whole_.clear();
    depth_ = 0;
    association_.reset();
    has_all_addresses_ = true;
    iaid_.reset();
    client_id_ = {};
    ia_changed_.reset();
  }

  /// All is said of the lease, but its declaration may not be whole.
  void put_aside() {
    check_count(whole_.size());
    if (current_) whole_.push_back(*std::exchange(current_, {}));
  }

  void add(const LeaseInLog& found) {
    if (found.state.empty()) return add_problem("has no binding state");
    if (found.state != "active") return log_.add_end(found.lease.address);
    if (!found.ends) return add_problem("has no time at which it ends");
    Lease lease = found.lease;
    lease.expiry = *found.ends;
    if (!take_name_of(found, lease))
      log_.add_problem(lease_without(where(), "the name " + std::string(kIsNoName), lease.address));
    log_.add(lease, found.changed ? *found.changed : ia_changed_.value_or(0), begin_);
  }

  bool take_name_of(const LeaseInLog& found, Lease& lease) {
    if (!found.dns_name.empty()) return take_name(lease, found.dns_name, log_.texts());
    return found.client_name.empty() || take_clients_name(lease, found.client_name, domain_, log_.texts());
  }

  std::span<const std::uint8_t> keep(std::string_view bytes) {
    return log_.texts().keep_bytes({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  }

  [[nodiscard]] std::string where() const { return "line " + std::to_string(begin_); }

  void add_problem(const std::string& what) {
    log_.add_problem(where(), "what begins there " + what + "; it is left out");
  }

  void is_without(const std::string& what) {
    log_.add_problem(lease_without("line " + std::to_string(number_), what, current_->lease.address));
  }

  LeaseLog log_;
  std::string_view network_;
  std::string_view domain_;
  std::size_t number_ = 0;  ///< of the line
  std::size_t begin_ = 0;   ///< the line with which the declaration began
  bool is_known_ = false;   ///< at least one line is dhcpd's
  bool is_little_endian_ = std::endian::native == std::endian::little;  ///< the IAIDs are
  std::span<const std::uint8_t> server_duid_;
  Declaration declaration_ = Declaration::none;
  std::size_t depth_ = 0;                                       ///< open braces in the declaration
  std::optional<LeaseInLog> current_;                           ///< the lease that is being read
  std::vector<LeaseInLog> whole_;                               ///< those before it in the declaration
  std::map<IscAssociation, std::vector<IpAddress>> addresses_;  ///< of the last declaration of each
  std::map<IpAddress, const IscAssociation*> holders_;          ///< the last one of each address
  // Of an ia-na or ia-ta.
  std::optional<IscAssociation> association_;
  bool has_all_addresses_ = true;  ///< each that is there can be read
  std::optional<Iaid> iaid_;
  std::span<const std::uint8_t> client_id_;
  std::optional<std::uint64_t> ia_changed_;
};

}  // namespace

ParsedFile parse_isc_dhcpd_leases(const SourceText& source) {
  return IscParser(source).parse(source.text);
}

}  // namespace leases
