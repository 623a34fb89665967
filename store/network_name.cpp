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

}  // namespace leases
