#include "common/host_name.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

#include "common/hash.h"
#include "common/word.h"

namespace leases {

namespace {

constexpr bool is_label_byte(char c) {
  return is_alphanumeric(c) || c == '-' || c == '_';
}

/// Eight bytes examined together. Answers are in the highest bit of each byte.
class EightBytes {
 public:
  /// Fewer bytes are followed by zeros.
  explicit EightBytes(std::uint64_t word) noexcept : word_(word) {}

  [[nodiscard]] std::uint64_t word() const { return word_; }
  /// Whether each of the first `count` bytes may be in a label.
  [[nodiscard]] bool are_label(std::size_t count) const noexcept {
    const EightBytes small = folded();
    const std::uint64_t good =
        small.between('a', 'z') | between('0', '9') | between('-', '-') | between('_', '_');
    const std::uint64_t wanted = count == 8 ? kHigh : (std::uint64_t{1} << 8 * count) - 1;
    return (word_ & kHigh) == 0 && (~good & wanted & kHigh) == 0;
  }
  [[nodiscard]] EightBytes folded() const noexcept { return EightBytes(word_ | between('A', 'Z') >> 2); }

 private:
  static constexpr std::uint64_t kOnes = 0x0101010101010101;
  static constexpr std::uint64_t kHigh = kOnes << 7;

  /// Right for bytes below 128; for others the answer means nothing.
  [[nodiscard]] std::uint64_t between(char low, char high) const noexcept {
    const std::uint64_t set = word_ | kHigh;
    const std::uint64_t at_least_low = set - kOnes * static_cast<unsigned char>(low);
    const std::uint64_t above_high = set - kOnes * (static_cast<unsigned char>(high) + 1U);
    return at_least_low & ~above_high & kHigh;
  }

  std::uint64_t word_;
};

}  // namespace

bool equal_folded(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (fold_ascii(a[i]) != fold_ascii(b[i])) return false;
  }
  return true;
}

int compare_folded(std::string_view a, std::string_view b) noexcept {
  const std::size_t shared = a.size() < b.size() ? a.size() : b.size();
  for (std::size_t i = 0; i < shared; ++i) {
    const auto x = static_cast<unsigned char>(fold_ascii(a[i]));
    const auto y = static_cast<unsigned char>(fold_ascii(b[i]));
    if (x != y) return x < y ? -1 : 1;
  }
  if (a.size() == b.size()) return 0;
  return a.size() < b.size() ? -1 : 1;
}

bool is_host_label(std::string_view text) noexcept {
  if (text.empty() || text.size() > kMaxLabel || !is_alphanumeric(text.front())) return false;
  return std::all_of(text.begin(), text.end(), is_label_byte);
}

bool is_domain_name(std::string_view text) noexcept {
  if (text.size() > kMaxName) return false;
  for (;;) {
    const std::size_t dot = text.find('.');
    if (dot == std::string_view::npos) return is_host_label(text);
    if (!is_host_label({text.data(), dot})) return false;
    text.remove_prefix(dot + 1);
  }
}

namespace {

/// Whether a domain is another one or below it.
bool is_within(std::string_view domain, std::string_view other) noexcept {
  if (domain.size() < other.size()) return false;
  const std::size_t before = domain.size() - other.size();
  return (before == 0 || domain[before - 1] == '.') &&
         equal_folded({domain.data() + before, other.size()}, other);
}

}  // namespace

bool is_localhost_domain(std::string_view domain) noexcept {
  return is_within(domain, "localhost") || is_within(domain, "localhost.localdomain");
}

std::string_view label_of(std::string_view name) noexcept {
  return {name.data(), std::min(name.find('.'), name.size())};
}

std::string_view domain_part_of(std::string_view name) noexcept {
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return {};
  name.remove_prefix(dot + 1);
  return name;
}

bool CanonicalLabel::assign(std::string_view text) noexcept {
  if (text.empty() || text.size() > kMaxLabel || !is_alphanumeric(text.front())) return false;
  length_ = static_cast<std::uint8_t>(text.size());
  std::memset(bytes_, 0, kBeginSize);
  Hash hash(text.size());
  const char* from = text.data();
  char* to = bytes_;
  std::size_t left = text.size();
  for (; left >= sizeof(EightBytes); left -= 8, from += 8, to += 8) {
    const EightBytes bytes(load_word(from, 8));
    if (!bytes.are_label(8)) return false;
    const std::uint64_t folded = bytes.folded().word();
    std::memcpy(to, &folded, sizeof folded);
    hash.add(folded);
  }
  const EightBytes rest(load_word(from, left));
  if (!rest.are_label(left)) return false;
  const std::uint64_t folded = rest.folded().word();
  std::memcpy(to, &folded, sizeof folded);
  hash_ = hash.finish(folded);
  return true;
}

std::optional<CanonicalLabel> CanonicalLabel::parse(std::string_view text) noexcept {
  std::optional<CanonicalLabel> label(std::in_place);
  if (!label->assign(text)) label.reset();
  return label;
}

std::optional<HostQuery> HostQuery::parse(std::string_view text) noexcept {
  std::optional<HostQuery> query(std::in_place);
  if (!text.empty() && text.back() == '.') text.remove_suffix(1);
  if (query->label.assign(text)) return query;

  const std::size_t dot = text.find('.');
  bool possible = dot != std::string_view::npos && text.size() <= kMaxName &&
                  query->label.assign(std::string_view{text.data(), dot});
  if (possible) {
    query->suffix = text;
    query->suffix.remove_prefix(dot + 1);
    possible = !query->suffix.empty() && query->suffix.front() != '.' && query->suffix.back() != '.' &&
               !is_localhost_domain(query->suffix);
  }
  if (!possible) query.reset();
  return query;
}

}  // namespace leases
