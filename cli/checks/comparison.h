#pragma once

#include <chrono>
#include <string>
#include <thread>

#include "cli/checks/finding.h"

namespace leases::cli {

/// The findings of a comparison of files with the index. A writer that is at work changes its file first, so
/// a comparison that finds a problem is made again, up to five times within half a second.
template <typename Compare>
Findings settled_findings(const std::string& topic, const Compare& compare) {
  constexpr int kAttempts = 5;
  constexpr std::chrono::milliseconds kBetween{100};
  for (int attempt = 1;; ++attempt) {
    Findings findings(topic);
    compare(findings);
    if (!findings.any_problem() || attempt == kAttempts) return findings;
    std::this_thread::sleep_for(kBetween);
  }
}

}  // namespace leases::cli
