#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "helper/escaped_text.h"

namespace leases {

/// Writes a line to standard error, which dnsmasq puts in its log: one line, whatever the names of files in
/// it are.
inline void complain(std::string_view line) {
  std::fprintf(stderr, "leaseshelper: %s\n", one_line(line).c_str());
}

/// Lines for the end of this object's life, for what is found out while a lock is held: whoever reads them
/// may take its time.
class LateComplaints {
 public:
  LateComplaints() = default;
  LateComplaints(const LateComplaints&) = delete;
  LateComplaints& operator=(const LateComplaints&) = delete;
  ~LateComplaints() {
    for (const std::string& line : lines_) complain(line);
  }
  void add(std::string line) { lines_.push_back(std::move(line)); }

 private:
  std::vector<std::string> lines_;
};

}  // namespace leases
