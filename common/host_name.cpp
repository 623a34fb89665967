#include "common/host_name.h"

#include <algorithm>

#include "common/hash.h"

namespace leases {

namespace {

constexpr bool is_label_byte(char c) {
  return is_alphanumeric(c) || c == '-' || c == '_';
}

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

std::optional<CanonicalLabel> CanonicalLabel::parse(std::string_view text) noexcept {
  if (!is_host_label(text)) return {};
  CanonicalLabel label;
  label.length_ = static_cast<std::uint8_t>(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) label.bytes_[i] = fold_ascii(text[i]);
  label.hash_ = Hash::of(label.bytes_, text.size());
  return label;
}

std::optional<HostQuery> HostQuery::parse(std::string_view text) noexcept {
  if (!text.empty() && text.back() == '.') text.remove_suffix(1);
  if (text.size() > kMaxName) return {};
  const std::size_t dot = text.find('.');
  const bool qualified = dot != std::string_view::npos;
  const auto label = CanonicalLabel::parse(qualified ? std::string_view{text.data(), dot} : text);
  if (!label) return {};
  HostQuery query{*label, {}};
  if (qualified) {
    text.remove_prefix(dot + 1);
    if (text.empty() || text.front() == '.' || text.back() == '.') return {};
    query.suffix = text;
  }
  return query;
}

}  // namespace leases
