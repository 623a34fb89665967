#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/command_line/exit_code.h"
#include "cli/follow/missing_names.h"
#include "cli/follow/port_probes.h"
#include "cli/follow/wait_state.h"
#include "cli/names/name_range.h"
#include "cli/names/typed_address.h"
#include "cli/names/typed_name.h"
#include "cli/output/json_text.h"
#include "cli/output/progress.h"
#include "cli/output/standard_output.h"
#include "cli/verbs/verbs.h"
#include "store/index_reader.h"
#include "store/index_watch.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/escaped_text.h"
#include "util/log.h"

namespace leases::cli {

namespace {

using Clock = PortProbes::Clock;

/// Of one attempt to connect. A machine that is still starting does not answer at all.
constexpr std::chrono::seconds kPortPatience(3);
/// The same for a single attempt: after a second the system would send the SYN again (RFC 6298).
constexpr std::chrono::seconds kPortPatienceOnce(1);
/// For an index that cannot be opened: nothing reports that descriptors are free again.
constexpr std::chrono::seconds kRetry(1);

struct WaitOptions {
  WaitTarget target;
  std::string family;
  std::uint16_t port = 0;         ///< 0: a lease is enough
  std::optional<double> timeout;  ///< in seconds; none: no limit
  bool json = false;              ///< JSON Lines
};

std::string line_of(const std::string& name, const std::vector<LeasedAddress>& addresses) {
  std::string line = escaped(name);
  for (const LeasedAddress& leased : addresses)
    line.append(&leased == &addresses.front() ? "\t" : " ").append(IpText(leased.address).view());
  return line;
}

/// `missing`: "lease" or "port", which the name lacks, or nullptr.
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
    if (options.port != 0) probes_.emplace(options.port, once ? kPortPatienceOnce : kPortPatience);
    tries_once_ = probes_ && once;
    if (options.timeout && !tries_once_) {
      // The clock's range is some hundred years.
      const std::chrono::duration<double> time(std::min(*options.timeout, 1e9));
      deadline_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(time);
    }
  }

  /// Returns an ExitCode.
  int run() {
    for (;;) {
      watch_.renew();
      look();
      report();
      if (is_reached(options_.target, state_, ready_)) return kFound;
      if (Clock::now() >= deadline_ || (tries_once_ && probes_->all_tried())) return give_up();
      show_progress();
      sleep();
    }
  }

 private:
  /// Looks at all names each time: a lease may have ended while others were awaited.
  void look() {
    try {
      state_ = WaitState(IndexReader(settings_), options_.target, now());
      has_index_ = true;
    } catch (const Error& error) {
      // The leases are not lost with the index.
      state_.remove_expired(now());
      if (has_index_) report_no_index(error.what());
      has_index_ = false;
    }
    watch_.set_alarm(state_.next_expiry());
    if (!probes_) return;
    std::set<IpAddress> all;
    for (const auto& [name, addresses] : state_.addresses()) {
      for (const LeasedAddress& leased : addresses) all.insert(leased.address);
    }
    probes_->set_addresses(all);
    probes_->advance();
  }

  void report_no_index(const std::string& problem) const {
    progress_.finish();
    log_line(options_.timeout == 0 ? problem : problem + "; waiting for it");
  }

  [[nodiscard]] bool accepts(const std::vector<LeasedAddress>& addresses) const {
    return !probes_ || std::ranges::any_of(addresses, [this](const LeasedAddress& leased) {
      return probes_->accepts(leased.address);
    });
  }

  /// Prints the names that have become ready.
  void report() {
    std::set<std::string> before = std::move(ready_);
    ready_.clear();
    for (const auto& [name, addresses] : state_.addresses()) {
      if (!accepts(addresses)) continue;
      ready_.insert(name);
      if (before.contains(name)) continue;
      output_.text() += options_.json ? json_line_of(name, addresses, nullptr) : line_of(name, addresses);
      output_.text() += '\n';
    }
    if (!output_.text().empty()) progress_.finish();
    output_.flush();
  }

  void print_missing() {
    const WaitState::Addresses& leased = state_.addresses();
    for (const std::string& name : options_.target.names) {
      if (!leased.contains(name)) output_.text() += json_line_of(name, {}, "lease") + '\n';
    }
    for (const auto& [name, addresses] : leased) {
      if (!ready_.contains(name)) output_.text() += json_line_of(name, addresses, "port") + '\n';
    }
    output_.flush();
  }

  [[nodiscard]] std::vector<std::string> missing() const {
    return missing_lines(options_.target, state_, ready_, options_.port);
  }

  int give_up() {
    progress_.finish();
    if (options_.json) print_missing();
    for (const std::string& line : missing()) log_line("time is up; " + line);
    return kNotFound;
  }

  void show_progress() {
    std::string text = "waiting";
    for (const std::string& line : missing()) text += "; " + line;
    progress_.show(text);
  }

  void sleep() {
    auto until = probes_ ? std::min(deadline_, probes_->due()) : deadline_;
    if (!has_index_) until = std::min(until, Clock::now() + kRetry);
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
  bool tries_once_ = false;  ///< each address, and ends after the last attempt, not at the deadline
  Clock::time_point deadline_ = Clock::time_point::max();
  WaitState state_;
  std::set<std::string> ready_;
  bool has_index_ = true;  ///< false: it could not be opened at the last look
  Output output_;
  Progress progress_;
};

/// The number of leases that an index is made for.
constexpr std::size_t kMostNames = 1'000'000;

/// The names to wait for.
class AwaitedNames {
 public:
  explicit AwaitedNames(const Settings& settings) : typed_(settings), policy_(settings.names) {}

  /// Adds the names of a range. False, with a message, if a lease cannot have one of them.
  bool add_range(const std::string& text) {
    std::string problem;
    auto range = NameRange::parse(typed_ip(text) ? std::string() : text, problem);
    if (typed_ip(text)) problem = impossible(text);
    for (std::string name; problem.empty() && range->next(name);) problem = add(name);
    if (!problem.empty()) log_line(problem);
    return problem.empty();
  }

  [[nodiscard]] std::vector<std::string> take() { return std::move(names_); }

 private:
  static std::string impossible(const std::string& name) {
    if (typed_ip(name)) return "'" + name + "' is an address; give the name to wait for";
    if (is_localhost_domain(name)) return "'" + name + "' is this machine; no lease ever has that name";
    return "'" + name + "' cannot be the name of a lease";
  }

  /// Returns what is wrong, or "". A name that is given twice is one.
  std::string add(const std::string& typed) {
    std::string problem = impossible(typed);
    const auto name = typed_.name_of(typed, problem);
    const auto query = HostQuery::parse(name.value_or(""));
    const bool is_possible = query && !typed_ip(typed) && !is_localhost_domain(query->label.view());
    const bool is_hardware = typed_hardware(typed).has_value();
    if (!is_possible && !is_hardware) return problem;
    if (const auto refusal = is_hardware ? std::nullopt : policy_.refusal(query->label.view()))
      log_line("'" + *name + "' " + *refusal + ", so only a guest of a MAC map can have that name");
    if (!known_.insert(*name).second) return {};
    names_.push_back(*name);
    if (names_.size() <= kMostNames) return {};
    return "too many names to wait for; at most " + std::to_string(kMostNames) + " are possible";
  }

  TypedNames typed_;
  const NamePolicy& policy_;
  std::vector<std::string> names_;
  std::set<std::string> known_;
};

int wait(const Settings& settings, WaitOptions& options) {
  WaitTarget& target = options.target;
  if (target.names.empty() && target.glob.empty()) {
    log_line("nothing to wait for; give a NAME or --match; see leasectl wait --help");
    return kUsage;
  }
  AwaitedNames awaited(settings);
  if (!std::ranges::all_of(target.names, [&](const std::string& text) { return awaited.add_range(text); }))
    return kUsage;
  target.names = awaited.take();
  require_directories(settings);
  if (!target.glob.empty() && target.count == 0) target.count = 1;
  if (!options.family.empty()) target.family = options.family.ends_with('4') ? Family::v4 : Family::v6;
  return LeaseWait(settings, options).run();
}

}  // namespace

Verb wait_verb(Command leasectl) {
  auto options = std::make_shared<WaitOptions>();
  Command command = leasectl.add_command("wait", "Return when names have leases");
  command.add_option("NAME|MAC", options->target.names, "A name or range like ci-[000-255].lab");
  const Option match =
      command.add_option("--match", options->target.glob, "Names that match this pattern, too").value("GLOB");
  command.add_option("--count", options->target.count, "How many names must match (default: 1)")
      .needs(match)
      .range(1, std::numeric_limits<std::int64_t>::max())
      .value("N");
  command.add_time("--timeout", options->timeout,
                   "At most this long, like 90s, 5m or 1h30m (default: no limit)");
  command.add_option("--family", options->family, "Only addresses of this family count")
      .one_of({"v4", "v6", "ipv4", "ipv6"})
      .value("v4|v6");
  command.add_option("--port", options->port, "Until they accept a TCP connection on this port, too")
      .range(1, 65535)
      .value("PORT");
  command.add_flag("--json", options->json, "Print JSON Lines, at the end also for missing names");
  return {command, [options](const Invocation& invocation) {
            return wait(with_own_names(invocation.settings), *options);
          }};
}

}  // namespace leases::cli
