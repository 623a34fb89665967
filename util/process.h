#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "util/deadline.h"

namespace leases {

/// A program to run. It has this process's environment and standard error.
struct ProgramCall {
  enum class Input : bool { empty, shared };
  enum class Output : bool { captured, shared };

  std::vector<std::string> arguments;  ///< first the program: a path, or a name to look for in PATH
  Input input = Input::empty;          ///< shared: its standard input is this process's
  Output output = Output::captured;    ///< shared: its standard output is this process's
};

/// The result of a program that was run.
struct ProgramResult {
  int status = 0;        ///< its exit status; 128 and the signal's number if one ended it
  int signal = 0;        ///< the signal that ended it, or 0
  std::string output{};  ///< what it wrote to standard output, if that was captured
};

/// Runs a program and waits for its end. If it has not closed its output by the deadline, it is killed, and
/// nothing is returned. A killed program is waited for only a moment, so that the locks it held are free as a
/// rule: one that hangs in the kernel may not end even then. With a deadline the output must be captured,
/// since its end is what is waited for. Throws Error, with errno, if the program cannot be run.
std::optional<ProgramResult> run_program(ProgramCall call, const std::optional<Deadline>& until);

/// The same without a deadline and with empty input, for a program that the system should have. `package` is
/// its Debian package, which the error names if the program is not installed.
ProgramResult run_program(std::vector<std::string> arguments, const std::string& package);

/// Whether a program with this name is where run_program() looks for it.
bool is_in_path(const std::string& program);

/// Takes one line for a person, without its end.
using LineSink = std::function<void(const std::string& line)>;

/// The result of some work.
enum class Work {
  done,
  unfinished,  ///< it has to be done again, soon
  failed,      ///< it threw or was killed
};

/// Does some work in a process of its own and waits for its end: whatever the work gives up or uses up, this
/// process does not. `report` gets the lines that the work reports and the exception that it may end with.
/// When `stop`, a descriptor, becomes readable, the work is killed, which is not reported. Throws Error if no
/// process can be made.
Work run_in_child(const std::function<Work(const LineSink&)>& work, int stop, const LineSink& report);

}  // namespace leases
