#pragma once

#include <string>
#include <string_view>

namespace leases::cli {

/// A text out of the index as a terminal may have it: what is not printable ASCII becomes \xNN.
inline std::string printable(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string shown;
  for (const char c : text) {
    if (c >= ' ' && c <= '~') {
      shown += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    shown.append("\\x") += kHex[byte >> 4];
    shown += kHex[byte & 15];
  }
  return shown;
}

}  // namespace leases::cli
