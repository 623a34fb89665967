#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cli/follow/port_probes.h"
#include "cli/follow/wait_state.h"
#include "cli/output/progress.h"
#include "cli/output/standard_output.h"
#include "store/index_watch.h"
#include "store/settings.h"

namespace leases::cli {

struct WaitOptions {
  WaitTarget target;
  std::uint16_t port = 0;         ///< 0: a lease is enough
  std::optional<double> timeout;  ///< in seconds; none: no limit
  std::string command;            ///< for sh, for each name that is ready; empty: none
  bool json = false;              ///< JSON Lines
};

/// Waits until names have leases, or have none any more, and prints each as soon as that is so.
class LeaseWait {
 public:
  /// `options` must outlive it.
  LeaseWait(const Settings& settings, const WaitOptions& options);

  /// Returns an ExitCode.
  int run();

 private:
  using Clock = PortProbes::Clock;

  void look();
  void report_no_index(const std::string& problem) const;
  [[nodiscard]] bool is_ready(const std::string& name, const std::vector<LeasedAddress>& addresses) const;
  [[nodiscard]] std::vector<IpAddress> addresses_of(const std::vector<LeasedAddress>& leased) const;
  bool report();
  bool report_leased(const std::set<std::string>& before);
  bool report_gone(const std::set<std::string>& before);
  bool tell_if_new(const std::string& name, const std::vector<LeasedAddress>& leased,
                   const std::set<std::string>& before);
  bool tell(const std::string& name, const std::vector<LeasedAddress>& leased);
  void run_command(const std::string& name, std::vector<IpAddress> addresses);
  void print_missing();
  [[nodiscard]] std::vector<std::string> missing() const;
  int give_up();
  void show_progress();
  void sleep();

  const Settings& settings_;
  const WaitOptions& options_;
  IndexWatch watch_;
  std::optional<PortProbes> probes_;
  bool tries_once_ = false;  ///< each address, and ends after the last attempt, not at the deadline
  Clock::time_point deadline_ = Clock::time_point::max();
  WaitState state_;
  std::set<std::string> ready_;    ///< or gone
  std::set<std::string> matched_;  ///< names that the glob has found so far
  bool has_index_ = true;          ///< false: it could not be opened at the last look
  bool command_failed_ = false;    ///< for one of the names at least
  Output output_;
  Progress progress_;
};

}  // namespace leases::cli
