#pragma once

#include <cstdio>
#include <string_view>

namespace leases {

/// Writes a line to standard error, which dnsmasq puts in its log.
inline void complain(std::string_view line) {
  std::fprintf(stderr, "leaseshelper: %.*s\n", static_cast<int>(line.size()), line.data());
}

}  // namespace leases
