#include "helper/dnsmasq_leases.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "common/hex_bytes.h"
#include "common/host_name.h"
#include "helper/decimal.h"

namespace leases {

namespace {

constexpr std::string_view kBlanks = " \t";

/// Cuts the text up to the next blank off, and the blanks in front of it.
std::string_view next_word(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
  const std::string_view word = rest.substr(0, rest.find_first_of(kBlanks));
  rest.remove_prefix(word.size());
  return word;
}

/// What versions of dnsmasq to come may put in front of a line that is no lease.
bool is_keyword(std::string_view word) {
  const char first = word.empty() ? '\0' : fold_ascii(word.front());
  return first >= 'a' && first <= 'z' && is_host_label(word);
}

class LeaseFileParser {
 public:
  explicit LeaseFileParser(std::string_view network) : network_(status_.texts.keep(network)) {}

  ParsedStatus parse(std::string_view text, ChangeTime read_at) {
    if (text.empty()) status_.damage = "is empty";
    const bool has_text = !text.empty();
    if (has_text && text.back() != '\n') status_.damage = "ends in the middle of a line";
    std::size_t number = 0;
    for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
      ++number;
      const std::string_view wrong = read_line(text.substr(0, end));
      if (!wrong.empty() && status_.damage.empty()) {
        status_.damage = "is damaged in line " + std::to_string(number) + ": ";
        status_.damage += wrong;
      }
      text.remove_prefix(end + 1);
    }
    if (has_text && !is_known_ && status_.damage.empty()) status_.damage = "has no line of dnsmasq's";
    complete(read_at);
    return std::move(status_);
  }

 private:
  /// What is wrong with the line; empty if nothing.
  std::string_view read_line(std::string_view line) {
    std::string_view rest = line;
    const std::string_view first = next_word(rest);
    if (first == "duid") return read_server_duid(rest);
    if (first.empty() || is_keyword(first)) return {};
    return read_lease(line);
  }

  std::string_view read_server_duid(std::string_view rest) {
    const std::string_view word = next_word(rest);
    if (word.empty() || !next_word(rest).empty()) return "behind 'duid' there has to be one word";
    if (!read_bytes(word, server_duid_)) return "the second word is no DUID";
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
    if (!seconds) return "the first word is no time";
    lease.expiry = {*seconds};
    const auto ip = parse_ip(address);
    if (!ip) return "the third word is no IP address";
    lease.address = *ip;
    if (lease.address.family == Family::v6) {
      lease.iaid = Iaid::parse(client);
      if (!lease.iaid) return "the second word is no IAID";
    } else {
      lease.hardware = HardwareAddress::parse(client);
      if (!lease.hardware) return "the second word is no hardware address";
    }
    if (name != "*" && !read_name(name, lease)) return "the fourth word is no host name";
    if (client_id != "*" && !read_bytes(client_id, lease.client_id))
      return "the fifth word is no client identifier";
    status_.leases.push_back(lease);
    is_known_ = true;
    return {};
  }

  bool read_name(std::string_view name, Lease& lease) {
    const std::size_t dot = name.find('.');
    const std::string_view label = name.substr(0, dot);
    const std::string_view domain = dot == std::string_view::npos ? "" : name.substr(dot + 1);
    if (!is_host_label(label) || (dot != std::string_view::npos && !is_domain_name(domain))) return false;
    lease.hostname = status_.texts.keep(label);
    if (!is_localhost_domain(domain)) lease.domain = status_.texts.keep(domain);
    return true;
  }

  bool read_bytes(std::string_view text, std::span<const std::uint8_t>& bytes) {
    std::array<std::uint8_t, kMaxIdentifier> buffer;
    const auto count = parse_hex_bytes(text, buffer.data(), buffer.size());
    if (!count) return false;
    const std::string_view kept = status_.texts.keep({reinterpret_cast<const char*>(buffer.data()), *count});
    bytes = {reinterpret_cast<const std::uint8_t*>(kept.data()), kept.size()};
    return true;
  }

  /// The last lease of an address counts. Those with the same end are in the order of their addresses, since
  /// that of the file turns round at each start of dnsmasq's.
  void complete(ChangeTime read_at) {
    std::vector<Lease>& leases = status_.leases;
    std::stable_sort(leases.begin(), leases.end(),
                     [](const Lease& a, const Lease& b) { return a.address < b.address; });
    std::size_t kept = 0;
    for (std::size_t i = 0; i < leases.size(); ++i) {
      if (i + 1 == leases.size() || leases[i + 1].address != leases[i].address) leases[kept++] = leases[i];
    }
    leases.resize(kept);
    std::ranges::stable_sort(leases, {}, &Lease::expiry);
    std::uint64_t changed = read_at.nanoseconds - std::min<std::uint64_t>(read_at.nanoseconds, kept);
    for (Lease& lease : leases) {
      lease.changed = {++changed};
      if (lease.address.family == Family::v6) lease.server_duid = server_duid_;
    }
    status_.complete = false;
  }

  ParsedStatus status_;
  std::string_view network_;
  std::span<const std::uint8_t> server_duid_;
  bool is_known_ = false;  ///< at least one line is a lease or the server's DUID
};

}  // namespace

ParsedStatus parse_dnsmasq_leases(std::string_view text, std::string_view network, ChangeTime read_at) {
  return LeaseFileParser(network).parse(text, read_at);
}

}  // namespace leases
