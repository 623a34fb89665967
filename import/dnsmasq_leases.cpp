#include "import/dnsmasq_leases.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "common/host_name.h"
#include "import/expiry_order.h"
#include "import/lease_name.h"
#include "store/identifier.h"
#include "util/decimal.h"

namespace leases {

namespace {

constexpr std::string_view kBlanks = " \t";
/// The shortest lease that dnsmasq gives, in seconds.
constexpr std::uint64_t kShortestLease = 120;
/// A time, in seconds since 1970, before which no lease can have ended that is in a file written after it.
constexpr std::uint64_t kLongAgo = 1'000'000'000;

/// Cuts the text up to the next blank off, and the blanks in front of it.
std::string_view next_word(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
  const std::string_view word = rest.substr(0, rest.find_first_of(kBlanks));
  rest.remove_prefix(word.size());
  return word;
}

/// Words with which future versions of dnsmasq may begin a line that is not a lease.
bool is_keyword(std::string_view word) {
  const char first = word.empty() ? '\0' : fold_ascii(word.front());
  return first >= 'a' && first <= 'z' && is_host_label(word);
}

class LeaseFileParser {
 public:
  LeaseFileParser(std::string_view network, ChangeTime read_at, std::size_t most_records)
      : network_(status_.texts.keep(network)), read_at_(read_at), most_records_(most_records) {}

  ParsedFile parse(std::string_view text) {
    if (text.empty()) status_.damage = "is empty";
    const bool has_text = !text.empty();
    if (has_text && text.back() != '\n') status_.damage = "ends in the middle of a line";
    for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
      ++number_;
      const std::string_view wrong = read_line(text.substr(0, end));
      if (!wrong.empty()) status_.problems.add({where(), std::string(wrong) + "; the line is left out", {}});
      text.remove_prefix(end + 1);
    }
    if (has_text && !is_known_ && status_.damage.empty()) status_.damage = "has no line in dnsmasq's format";
    if (!status_.damage.empty()) status_.problems.clear();
    complete();
    return std::move(status_);
  }

 private:
  /// Why the line is left out; empty if it is not.
  std::string_view read_line(std::string_view line) {
    std::string_view rest = line;
    const std::string_view first = next_word(rest);
    if (first == "duid") return read_server_duid(rest);
    if (first.empty() || is_keyword(first)) return {};
    return read_lease(line);
  }

  std::string_view read_server_duid(std::string_view rest) {
    const std::string_view word = next_word(rest);
    if (word.empty() || !next_word(rest).empty()) return "after 'duid' there has to be one word";
    if (!read_bytes(word, server_duid_)) return "the second word is not a DUID";
    is_known_ = true;
    return {};
  }

  std::string_view read_lease(std::string_view line) {
    std::array<std::string_view, 5> words;
    for (std::string_view& word : words) word = next_word(line);
    if (words.back().empty() || !next_word(line).empty()) return "a lease has five words";
    const auto [expiry, client, address, name, client_id] = words;

    Lease lease;
    lease.network = network_;
    const auto seconds = parse_decimal<std::uint64_t>(expiry);
    if (!seconds) return "the first word is not a time";
    lease.expiry = {*seconds};
    const auto ip = parse_ip(address);
    if (!ip) return "the third word is not an IP address";
    lease.address = *ip;
    is_known_ = true;
    if (is_length(*seconds)) {
      return "the first word is the length of the lease, as dnsmasq writes it if it was built with "
             "HAVE_BROKEN_RTC, and does not say when the lease ends; have that dnsmasq run leaseshelper";
    }
    read_client(client, lease);
    if (name != "*" && !take_name(lease, name, status_.texts))
      is_without("the fourth word " + std::string(kIsNoName), lease);
    if (client_id != "*" && !read_bytes(client_id, lease.client_id))
      is_without("the fifth word is not a client identifier", lease);
    check_count(status_.leases.size() + 1, most_records_);
    status_.leases.push_back(lease);
    return {};
  }

  /// A dnsmasq that knows the time has no lease in its file that ended before the file was written, except
  /// for moments.
  [[nodiscard]] bool is_length(std::uint64_t seconds) const {
    return seconds >= kShortestLease && seconds < kLongAgo &&
           read_at_.nanoseconds / 1'000'000'000 >= kLongAgo;
  }

  void read_client(std::string_view client, Lease& lease) {
    if (lease.address.family == Family::v6) {
      lease.iaid = Iaid::parse(client);
      if (!lease.iaid) is_without("the second word is not an IAID", lease);
    } else {
      lease.hardware = HardwareAddress::parse(client);
      if (!lease.hardware) is_without("the second word is not a hardware address", lease);
    }
  }

  bool read_bytes(std::string_view text, std::span<const std::uint8_t>& bytes) {
    const Identifier identifier(text);
    bytes = status_.texts.keep_bytes(identifier.bytes());
    return identifier.state() != Identifier::State::junk;
  }

  void is_without(const std::string& what, const Lease& lease) {
    status_.problems.add(lease_without(where(), what, lease.address));
  }

  [[nodiscard]] std::string where() const { return "line " + std::to_string(number_); }

  /// dnsmasq reverses the order of its file each time it starts.
  void complete() {
    order_by_expiry(status_.leases, read_at_);
    for (Lease& lease : status_.leases) {
      if (lease.address.family == Family::v6) lease.server_duid = server_duid_;
    }
    status_.complete = false;
  }

  ParsedFile status_;
  std::string_view network_;
  ChangeTime read_at_;
  std::size_t most_records_;
  std::size_t number_ = 0;  ///< of the line
  std::span<const std::uint8_t> server_duid_;
  bool is_known_ = false;  ///< at least one line is a lease or the server's DUID
};

}  // namespace

ParsedFile parse_dnsmasq_leases(std::string_view text, std::string_view network, ChangeTime read_at,
                                std::size_t most_records) {
  return LeaseFileParser(network, read_at, most_records).parse(text);
}

}  // namespace leases
