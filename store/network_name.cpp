#include "store/network_name.h"

#include <algorithm>

#include "common/host_name.h"

namespace leases {

bool is_network_name(std::string_view text) {
  constexpr std::string_view kPunctuation = "._-:@+%";
  if (text.empty() || text.size() > kMaxLabel || is_localhost_domain(text)) return false;
  if (!is_alphanumeric(text.front()) && text.front() != '_') return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return is_alphanumeric(c) || kPunctuation.find(c) != std::string_view::npos;
  });
}

std::string shared_network_name(std::string_view host, std::string_view network) {
  const auto label = CanonicalLabel::parse(host);
  if (!label || label->view() != host || !is_network_name(network)) return {};
  std::string name(host);
  name.append(1, ':').append(network);
  return is_network_name(name) ? name : std::string();
}

}  // namespace leases
