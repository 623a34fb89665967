#include "cli/verbs/wait.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/command_line/exit_code.h"
#include "cli/follow/index_watch.h"
#include "cli/follow/port_probes.h"
#include "cli/follow/wait_state.h"
#include "cli/names/name_fold.h"
#include "cli/names/name_range.h"
#include "cli/output/json_text.h"
#include "cli/output/progress.h"
#include "cli/output/standard_output.h"
#include "store/index_reader.h"
#include "util/clock.h"
#include "util/escaped_text.h"
#include "util/log.h"

namespace leases::cli {

namespace {

using Clock = PortProbes::Clock;

/// For one attempt to connect. A machine that is not there yet answers nothing at all.
constexpr std::chrono::seconds kPatience(3);
/// The same if there is one attempt only: after a second the system would ask again (RFC 6298).
constexpr std::chrono::seconds kPatienceOnce(1);
/// For an index that cannot be opened: nobody reports that there are descriptors again.
constexpr std::chrono::seconds kRetry(1);

struct WaitOptions {
  WaitTarget awaited;
  std::string family;
  std::uint16_t port = 0;         ///< 0: a lease is enough
  std::optional<double> timeout;  ///< seconds; none: for ever
  bool json = false;              ///< JSON Lines
};

std::string line_of(const std::string& name, const std::vector<LeasedAddress>& addresses) {
  std::string line = escaped(name);
  for (const LeasedAddress& leased : addresses)
    line.append(&leased == &addresses.front() ? "\t" : " ").append(IpText(leased.address).view());
  return line;
}

/// `missing`: what the name still lacks, or nullptr.
std::string json_line_of(const std::string& name, const std::vector<LeasedAddress>& addresses,
                         const char* missing) {
  nlohmann::ordered_json object;
  object["name"] = name;
  auto& list = object["addresses"] = nlohmann::ordered_json::array();
  for (const LeasedAddress& leased : addresses) list.push_back(IpText(leased.address).view());
  if (missing != nullptr) object["missing"] = missing;
  return json_text(object);
}

class LeaseWait {
 public:
  LeaseWait(const Settings& settings, const WaitOptions& options)
      : settings_(settings), options_(options), watch_(settings.runtime_directory) {
    const bool once = options.timeout == 0;
    if (options.port != 0) probes_.emplace(options.port, once ? kPatienceOnce : kPatience);
    tries_once_ = probes_ && once;
    if (options.timeout && !tries_once_) {
      // A clock does not take what is longer than some hundred years.
      const std::chrono::duration<double> time(std::min(*options.timeout, 1e9));
      deadline_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(time);
    }
  }

  /// Returns an ExitCode.
  int run() {
    for (;;) {
      watch_.renew();
      look();
      tell();
      if (has_all()) return kFound;
      if (Clock::now() >= deadline_ || (tries_once_ && probes_->all_tried())) return give_up();
      show_progress();
      sleep();
    }
  }

 private:
  /// Everything is judged anew each time: a lease may have ended while others were waited for.
  void look() {
    try {
      arrivals_ = WaitState(IndexReader(settings_), options_.awaited, now());
      problem_.clear();
    } catch (const Error& error) {
      // The leases are not gone with the index.
      arrivals_.take_out_ended(now());
      problem_ = error.what();
    }
    watch_.set_alarm(arrivals_.next_end());
    if (!probes_) return;
    std::set<IpAddress> all;
    for (const auto& [name, addresses] : arrivals_.addresses()) {
      for (const LeasedAddress& leased : addresses) all.insert(leased.address);
    }
    probes_->set_addresses(all);
    probes_->advance();
  }

  [[nodiscard]] bool accepts(const std::vector<LeasedAddress>& addresses) const {
    return !probes_ || std::ranges::any_of(addresses, [this](const LeasedAddress& leased) {
      return probes_->accepts(leased.address);
    });
  }

  /// Prints the names that are new among those that are ready.
  void tell() {
    std::set<std::string> before = std::move(ready_);
    ready_.clear();
    for (const auto& [name, addresses] : arrivals_.addresses()) {
      if (!accepts(addresses)) continue;
      ready_.insert(name);
      if (before.contains(name)) continue;
      output_.text() += options_.json ? json_line_of(name, addresses, nullptr) : line_of(name, addresses);
      output_.text() += '\n';
    }
    if (!output_.text().empty()) progress_.finish();
    output_.flush();
  }

  [[nodiscard]] std::size_t matching() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        arrivals_.matching(), [this](const auto& name) { return ready_.contains(name); }));
  }

  [[nodiscard]] bool has_all() const {
    return matching() >= options_.awaited.count &&
           std::ranges::all_of(options_.awaited.names,
                               [this](const std::string& name) { return ready_.contains(name); });
  }

  /// What is missing, a line for each reason.
  [[nodiscard]] std::vector<std::string> missing() const {
    NameFold leaseless;
    NameFold closed;
    std::string without_lease;
    std::string without_port;
    for (const std::string& name : options_.awaited.names) {
      if (ready_.contains(name)) continue;
      if (arrivals_.addresses().contains(name)) {
        closed.add(name, without_port);
      } else {
        leaseless.add(name, without_lease);
      }
    }
    leaseless.finish(without_lease);
    closed.finish(without_port);
    std::vector<std::string> lines;
    if (!without_lease.empty()) lines.push_back("without a lease: " + in_one_line(without_lease));
    if (!without_port.empty()) {
      lines.push_back("port " + std::to_string(options_.port) +
                      " has not accepted a connection: " + in_one_line(without_port));
    }
    if (matching() < options_.awaited.count) {
      lines.push_back(std::to_string(matching()) + " of " + std::to_string(options_.awaited.count) +
                      " names that match " + options_.awaited.glob);
    }
    return lines;
  }

  static std::string in_one_line(std::string lines) {
    lines.pop_back();
    std::ranges::replace(lines, '\n', ' ');
    return lines;
  }

  void print_missing() {
    const WaitState::Addresses& leased = arrivals_.addresses();
    for (const std::string& name : options_.awaited.names) {
      if (!leased.contains(name)) output_.text() += json_line_of(name, {}, "lease") + '\n';
    }
    for (const auto& [name, addresses] : leased) {
      if (!ready_.contains(name)) output_.text() += json_line_of(name, addresses, "port") + '\n';
    }
    output_.flush();
  }

  int give_up() {
    progress_.finish();
    if (options_.json) print_missing();
    for (const std::string& line : missing()) log_line("time is up; " + line);
    if (!problem_.empty()) log_line(problem_);
    return kNotFound;
  }

  void show_progress() {
    constexpr std::size_t kWidth = 79;
    std::string text = "waiting";
    for (const std::string& line : missing()) text += "; " + line;
    progress_.show(text.size() <= kWidth ? text : text.substr(0, kWidth - 3) + "...");
  }

  void sleep() {
    auto until = probes_ ? std::min(deadline_, probes_->due()) : deadline_;
    if (!problem_.empty()) until = std::min(until, Clock::now() + kRetry);
    const auto time = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    constexpr std::chrono::milliseconds kDay = std::chrono::hours(24);
    const auto patience = until == Clock::time_point::max()
                              ? -1
                              : std::clamp(time, std::chrono::milliseconds::zero(), kDay).count();
    std::array<pollfd, 2> files{
        {{watch_.descriptor(), POLLIN, 0}, {probes_ ? probes_->descriptor() : -1, POLLIN, 0}}};
    if (::poll(files.data(), files.size(), static_cast<int>(patience)) < 0 && errno != EINTR)
      throw errno_error("poll", "failed", errno);
  }

  const Settings& settings_;
  const WaitOptions& options_;
  IndexWatch watch_;
  std::optional<PortProbes> probes_;
  bool tries_once_ = false;  ///< and ends with the last attempt, not at the deadline
  Clock::time_point deadline_ = Clock::time_point::max();
  WaitState arrivals_;
  std::set<std::string> ready_;
  std::string problem_;  ///< why there is no index to look at
  Output output_;
  Progress progress_;
};

/// As many leases as an index is made for.
constexpr std::size_t kMostNames = 1'000'000;

/// The names in ranges. False, with a complaint, if one is no name that a lease can have.
bool expand(std::vector<std::string>& names) {
  std::vector<std::string> all;
  for (const std::string& text : names) {
    std::string problem = "'" + text + "' cannot be the name of a lease";
    auto range = NameRange::parse(text, problem);
    for (std::string name; range && range->next(name);) {
      if (!HostQuery::parse(name)) range.reset();
      all.push_back(name);
      if (all.size() > kMostNames) {
        problem = "more than " + std::to_string(kMostNames) + " names are too many to wait for";
        range.reset();
      }
    }
    if (!range) {
      log_line(problem);
      return false;
    }
  }
  names = std::move(all);
  return true;
}

int wait(const Settings& settings, WaitOptions& options) {
  WaitTarget& awaited = options.awaited;
  if (awaited.names.empty() && awaited.glob.empty()) {
    log_line("wait for what? Give a NAME, or --match; see leasectl wait --help");
    return kUsage;
  }
  if (!expand(awaited.names)) return kUsage;
  require_directories(settings);
  if (!awaited.glob.empty() && awaited.count == 0) awaited.count = 1;
  if (!options.family.empty()) awaited.family = options.family == "v4" ? Family::v4 : Family::v6;
  return LeaseWait(settings, options).run();
}

}  // namespace

Verb wait_verb(Command leasectl) {
  auto options = std::make_shared<WaitOptions>();
  Command command = leasectl.add_command("wait", "Return when names have leases");
  command.add_option("NAME", options->awaited.names, "A name or range like ci-[000-255].lab");
  const Option match =
      command.add_option("--match", options->awaited.glob, "Names that match it, in addition").value("GLOB");
  command.add_option("--count", options->awaited.count, "How many have to match (default: 1)")
      .needs(match)
      .range(1, std::numeric_limits<std::int64_t>::max())
      .value("N");
  command.add_time("--timeout", options->timeout, "How long at most, as 90s, 5m or 1h (default: for ever)");
  command.add_option("--family", options->family, "Only addresses of this family count")
      .one_of({"v4", "v6"})
      .value("v4|v6");
  command.add_option("--port", options->port, "And they accept a TCP connection on this port")
      .range(1, 65535)
      .value("PORT");
  command.add_flag("--json", options->json, "Print JSON Lines, at the end also of what is missing");
  return {command, [options](const Settings& settings) { return wait(settings, *options); }};
}

}  // namespace leases::cli
