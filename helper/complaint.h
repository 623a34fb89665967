#pragma once

#include <cstdio>
#include <string_view>

#include "helper/escaped_text.h"

namespace leases {

/// Writes a line to standard error, which dnsmasq puts in its log: one line, whatever the names of files in
/// it are.
inline void complain(std::string_view line) {
  std::fprintf(stderr, "leaseshelper: %s\n", one_line(line).c_str());
}

}  // namespace leases
