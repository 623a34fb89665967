/// Each system call of the helper fails, in each way that file systems and limits have. Then the helper
/// reports an error in a line, or the call did not matter; and the next event repairs everything.

#include <doctest/doctest.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "tests/fault/scenario.h"
#include "tests/fault/sweep.h"
#include "tests/fault/tracee.h"

using namespace leases::test;

namespace {

using Kind = Interference::Kind;

bool is_init(const Scenario& scenario) {
  return scenario.call.command.back() == "init";
}

std::size_t lines_in(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

/// Calls that cannot fail as others do: brk(2) returns the old break, not an error, and a program that gets
/// anything else uses memory that is not there.
bool is_out_of_scope(const SystemCall& call) {
  return call.number == SYS_exit_group || call.number == SYS_brk || call.number == SYS_futex ||
         call.number == SYS_rt_sigprocmask;
}

/// The rows that dnsmasq reads: of all leases that have not expired.
bool has_all_rows(const std::string& stream, const std::vector<Host>& hosts) {
  return std::ranges::all_of(hosts, [&](const Host& host) {
    const bool is_row = host.address.find(':') == std::string::npos && host.expiry != 1000;
    return !is_row || stream.find(' ' + host.address + ' ' + host.name + ' ') != std::string::npos;
  });
}

bool has_only_whole_rows(const std::string& stream) {
  std::istringstream lines(stream);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("duid ") && std::ranges::count(line, ' ') != 4) return false;
  }
  return stream.empty() || stream.back() == '\n';
}

/// A file that the disk cannot read is put aside, so that it does not hold up the other networks. It is not
/// lost: a person can look at it.
bool is_put_aside(const Scenario& scenario, const Interference& interference, const TracedRun& run) {
  if (interference.error != EIO ||
      run.errors.find("is not a file that can be read; it is kept as") == std::string::npos)
    return false;
  if (scenario.file_is_damaged) return true;
  const State files = state_of_everything_kept();
  CHECK(files.find(" steady ") != std::string::npos);
  CHECK(files.find(" other ") != std::string::npos);
  return true;
}

void check_told(const Scenario& scenario, const TracedRun& run) {
  CAPTURE(run.status);
  CAPTURE(run.output);
  CAPTURE(run.errors);
  CHECK(run.status >= 0);
  const bool succeeded = run.status == 0;
  if (!succeeded) {
    CHECK(lines_in(run.errors) >= 1);
    CHECK(run.errors.starts_with("lease"));
    return;
  }
  if (is_init(scenario)) {
    CHECK(has_only_whole_rows(run.output));
    if (run.errors.find("is not a file that can be read") == std::string::npos)
      CHECK(has_all_rows(run.output, scenario.before));
    return;
  }
  if (scenario.call.command.back() == "rebuild") return;
  // Other programs' files that cannot be read are reported, and their leases stay.
  if (!scenario.imported_before.empty() && !run.errors.empty()) return;
  CHECK(state_of_status_files() == state_of(scenario.after));
  // A fault of the index alone is reported, and repaired by the next event.
  const bool is_told = run.errors.find("names follow then, at the next event") != std::string::npos;
  CHECK((is_told || state_of_index() == scenario.index_states()[1]));
}

void interfere(const Scenario& scenario, const Interference& interference) {
  INFO(description(scenario, interference));
  scenario.prepare();
  // The names in a file that is set aside are missing until a person has looked at it.
  const bool may_be_put_aside =
      interference.error == EIO && (scenario.index_is_missing || scenario.file_is_damaged);
  std::optional<Watched> watched;
  if (!may_be_put_aside) watched.emplace(scenario);
  const TracedRun run = run_traced(scenario.call.command, scenario.call.environment, interference);
  // An earlier run may have taken another path: the clock's, mostly.
  if (!run.interfered || is_put_aside(scenario, interference, run)) return;
  check_told(scenario, run);
  check_whole(scenario);
  check_repaired(scenario);
}

void sweep(const Scenario& scenario, int error) {
  CAPTURE(scenario.text);
  const TracedRun undisturbed = undisturbed_run(scenario);
  REQUIRE(undisturbed.status == 0);
  for (const SystemCall& call : undisturbed.calls) {
    if (is_out_of_scope(call)) continue;
    interfere(scenario, {Kind::fail, call, error, 0});
  }
}

/// In CI each scenario meets each error that is of another kind; scripts/soak does them all.
std::vector<int> errors_to_try() {
  if (is_soak()) return {ENOSPC, EIO, EROFS, EMFILE, EDQUOT, EINTR, ENOMEM, EPERM};
  return {EIO, EINTR};
}

}  // namespace

TEST_CASE("A system call that fails as NSS_LEASES_DISTURB says: once more what has failed") {
  const Disturbance named = named_disturbance();
  if (named.scenario != nullptr) interfere(*named.scenario, named.interference);
}

TEST_CASE("A system call that fails is an error that is reported, and nothing is lost") {
  for (const int error : errors_to_try()) {
    for (const Scenario& scenario : scenarios()) sweep(scenario, error);
  }
  check_witness();
}

TEST_CASE("The errors of full and read-only file systems and of limits, where they can happen") {
  for (const int error : {ENOSPC, EROFS, EMFILE, EDQUOT}) {
    for (const std::size_t number : {0U, 4U}) sweep(scenarios()[number], error);
  }
  check_witness();
}

TEST_CASE("A write that writes one byte only is gone on with") {
  for (const Scenario& scenario : scenarios()) {
    CAPTURE(scenario.text);
    const TracedRun undisturbed = undisturbed_run(scenario);
    for (const SystemCall& call : undisturbed.calls) {
      if (call.number != SYS_write) continue;
      const Interference interference{Kind::shorten, call, 0, 0};
      INFO(description(scenario, interference));
      scenario.prepare();
      const TracedRun run = run_traced(scenario.call.command, scenario.call.environment, interference);
      CHECK(run.status == 0);
      CHECK(run.output == undisturbed.output);
      CHECK(state_of_status_files() == state_of(scenario.after));
      CHECK(state_of_index() == scenario.index_states()[1]);
    }
  }
}
