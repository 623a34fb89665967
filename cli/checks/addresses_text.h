#pragma once

#include <set>
#include <string>

#include "common/address.h"

namespace leases::cli {

/// The addresses, separated by spaces; "nothing" if there are none.
inline std::string text_of(const std::set<IpAddress>& addresses) {
  std::string text;
  for (const IpAddress& address : addresses) {
    if (!text.empty()) text += ' ';
    text += IpText(address).view();
  }
  return text.empty() ? "nothing" : text;
}

}  // namespace leases::cli
