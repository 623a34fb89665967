#include "cli/follow/lease_wait.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "cli/command_line/exit_code.h"
#include "cli/follow/missing_names.h"
#include "cli/names/awaited_names.h"
#include "cli/output/json_text.h"
#include "store/index_reader.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/escaped_text.h"
#include "util/log.h"
#include "util/process.h"

namespace leases::cli {

namespace {

/// Of one attempt to connect. A machine that is still starting does not answer at all.
constexpr std::chrono::seconds kPortPatience(3);
/// The same for a single attempt: after a second the system would send the SYN again (RFC 6298).
constexpr std::chrono::seconds kPortPatienceOnce(1);
/// For an index that cannot be opened: nothing reports that descriptors are free again.
constexpr std::chrono::seconds kRetry(1);

/// A guest has its name, without what tells it from a host's.
std::string shown(const std::string& name) {
  const std::string_view guest = guest_of_key(name);
  return guest.empty() ? name : std::string(guest);
}

std::string line_of(const std::string& name, const std::vector<IpAddress>& addresses) {
  std::string line = escaped(shown(name));
  for (const IpAddress& address : addresses)
    line.append(&address == &addresses.front() ? "\t" : " ").append(IpText(address).view());
  return line;
}

/// `missing`: "lease", "port" or "end", which the name lacks, or nullptr.
std::string json_line_of(const std::string& name, const std::vector<IpAddress>& addresses,
                         const char* missing) {
  nlohmann::ordered_json object;
  object["name"] = shown(name);
  auto& list = object["addresses"] = nlohmann::ordered_json::array();
  for (const IpAddress& address : addresses) list.push_back(IpText(address).view());
  if (missing != nullptr) object["missing"] = missing;
  return json_text(object);
}

}  // namespace

LeaseWait::LeaseWait(const Settings& settings, const WaitOptions& options)
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

int LeaseWait::run() {
  for (;;) {
    watch_.renew();
    look();
    if (report()) continue;
    if (is_reached(options_.target, state_, ready_)) return command_failed_ ? kFailure : kFound;
    if (Clock::now() >= deadline_ || (tries_once_ && probes_->all_tried())) return give_up();
    show_progress();
    sleep();
  }
}

/// Looks at all names each time: a lease may have ended while others were awaited.
void LeaseWait::look() {
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

void LeaseWait::report_no_index(const std::string& problem) const {
  progress_.finish();
  log_line(options_.timeout == 0 ? problem : problem + "; waiting for it");
}

bool LeaseWait::is_ready(const std::string& name, const std::vector<LeasedAddress>& addresses) const {
  if (!state_.lack_of(name).empty()) return false;
  return !probes_ || std::ranges::any_of(addresses, [this](const LeasedAddress& leased) {
    return probes_->accepts(leased.address);
  });
}

/// Each once, those first that accept a connection: who takes one address gets one that answers.
std::vector<IpAddress> LeaseWait::addresses_of(const std::vector<LeasedAddress>& leased) const {
  std::vector<IpAddress> addresses;
  for (const LeasedAddress& one : leased) {
    if (std::ranges::find(addresses, one.address) == addresses.end()) addresses.push_back(one.address);
  }
  if (probes_)
    std::stable_partition(addresses.begin(), addresses.end(),
                          [&](const IpAddress& one) { return probes_->accepts(one); });
  return addresses;
}

/// Prints the names that have become ready. Returns whether to look again before the next one is told, since
/// a command ran meanwhile.
bool LeaseWait::report() {
  const std::set<std::string> before = std::exchange(ready_, {});
  const bool is_outdated = options_.target.gone ? report_gone(before) : report_leased(before);
  if (!output_.text().empty()) progress_.finish();
  output_.flush();
  return is_outdated;
}

bool LeaseWait::report_leased(const std::set<std::string>& before) {
  return std::ranges::any_of(state_.addresses(), [&](const auto& entry) {
    const auto& [name, addresses] = entry;
    return is_ready(name, addresses) && tell_if_new(name, addresses, before);
  });
}

/// The same for names that have to be gone.
bool LeaseWait::report_gone(const std::set<std::string>& before) {
  if (!state_.is_known()) {
    ready_ = before;
    return false;
  }
  std::vector<std::string> names = options_.target.names;
  for (const auto& match : state_.matching()) matched_.insert(match.first);
  names.insert(names.end(), matched_.begin(), matched_.end());
  return std::ranges::any_of(names, [&](const std::string& name) {
    return !state_.addresses().contains(name) && tell_if_new(name, {}, before);
  });
}

/// Tells a name that is ready, unless it was so before. Returns whether a command ran: then what was told
/// before, and this look has not reached, counts as told.
bool LeaseWait::tell_if_new(const std::string& name, const std::vector<LeasedAddress>& leased,
                            const std::set<std::string>& before) {
  if (!ready_.insert(name).second || before.contains(name) || !tell(name, leased)) return false;
  ready_.insert(before.begin(), before.end());
  return true;
}

/// Returns whether a command ran.
bool LeaseWait::tell(const std::string& name, const std::vector<LeasedAddress>& leased) {
  const std::vector<IpAddress> addresses = addresses_of(leased);
  output_.text() += options_.json ? json_line_of(name, addresses, nullptr) : line_of(name, addresses);
  output_.text() += '\n';
  if (options_.command.empty()) return false;
  run_command(name, addresses);
  return true;
}

/// The command gets IPv4 addresses first, as do other programs that take one address; but an address that
/// does not accept a connection comes after those that do.
void LeaseWait::run_command(const std::string& name, std::vector<IpAddress> addresses) {
  progress_.finish();
  output_.flush();
  ProgramCall call{{"/bin/sh", "-c", options_.command, "leasectl", shown(name)}};
  std::ranges::stable_sort(addresses, {}, [&](const IpAddress& address) {
    return std::pair(probes_ && !probes_->accepts(address), address.family == Family::v6);
  });
  for (const IpAddress& address : addresses) call.arguments.emplace_back(IpText(address).view());
  call.output = ProgramCall::Output::shared;
  const int status = run_program(std::move(call), {})->status;
  if (status == 0) return;
  command_failed_ = true;
  log_line("'" + options_.command + "' for " + escaped(shown(name)) + " ended with exit status " +
           std::to_string(status));
}

void LeaseWait::print_missing() {
  const WaitState::Addresses& leased = state_.addresses();
  const bool gone = options_.target.gone;
  for (const std::string& name : options_.target.names) {
    if (!gone && !leased.contains(name)) output_.text() += json_line_of(name, {}, "lease") + '\n';
  }
  for (const auto& [name, addresses] : leased) {
    if (ready_.contains(name)) continue;
    const char* missing = gone ? "end" : state_.lack_of(name).empty() ? "port" : "lease";
    output_.text() += json_line_of(name, addresses_of(addresses), missing) + '\n';
  }
  output_.flush();
}

std::vector<std::string> LeaseWait::missing() const {
  return missing_lines(options_.target, state_, ready_, options_.port);
}

int LeaseWait::give_up() {
  progress_.finish();
  if (options_.json) print_missing();
  for (const std::string& line : missing()) log_line("time is up; " + line);
  return command_failed_ ? kFailure : kNotFound;
}

void LeaseWait::show_progress() {
  std::string text = "waiting";
  for (const std::string& line : missing()) text += "; " + line;
  progress_.show(text);
}

void LeaseWait::sleep() {
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

}  // namespace leases::cli
