#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace leases::test {

/// A system call that a traced program made after its main() had begun.
struct SystemCall {
  long number = 0;
  bool of_child = false;    ///< by a process that the program started
  std::size_t ordinal = 0;  ///< how many the same process made before it

  friend bool operator==(const SystemCall&, const SystemCall&) = default;
};

/// What is done to a traced program, and at which of the system calls that an undisturbed run makes.
struct Interference {
  enum class Kind {
    none,
    kill_before,  ///< the process is killed, and the call does not happen
    kill_after,   ///< the process is killed right after it
    fail,         ///< the call does not happen and returns `error`
    shorten,      ///< write(2) writes one byte only
    kill_steps,   ///< the process is killed `steps` instructions after it, if there is no other call before
                  ///< that
  };
  Kind kind = Kind::none;
  SystemCall call;
  int error = 0;
  std::size_t steps = 0;
};

struct TracedRun {
  /// The exit status; minus the number of the signal that ended it.
  int status = 0;
  /// In the order in which they happened, which two processes at once do not always keep.
  std::vector<SystemCall> calls;
  /// Whether the call that was meant was made at all.
  bool interfered = false;
  /// With kill_steps: how many instructions there were.
  std::size_t steps = 0;
  std::string output;
  std::string errors;
};

/// Runs a program to its end, and any children that outlive it to theirs. The environment is `environment`
/// alone. What happens before its first umask(2), with which all programs of this project begin, is the C
/// library's business and not counted. If all that takes longer than ten minutes, what is left is killed:
/// that is status -SIGALRM.
TracedRun run_traced(const std::vector<std::string>& command, const std::vector<std::string>& environment,
                     const Interference& interference = {});

/// Whether this machine's registers are known to run_traced().
bool can_interfere();

/// "openat", or the number of a call that has no name here.
std::string name_of(const SystemCall& call);

}  // namespace leases::test
