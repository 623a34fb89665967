#pragma once

#include <functional>
#include <string>
#include <vector>

namespace leases {

/// The result of a program that was run.
struct ProgramResult {
  int status = 0;      ///< its exit status; 128 and the signal's number if one ended it
  std::string output;  ///< what it wrote to standard output
};

/// Runs a program that the system has (looked for in PATH) and waits for its end. Its standard input is
/// empty, its errors are ours. `package` is the Debian package that brings it, and is named if it is not
/// there. Throws Error.
ProgramResult run_program(std::vector<std::string> arguments, const std::string& package);

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
/// When `stop`, a descriptor, becomes readable, the work is killed, which is not reported. Throws Error if
/// there can be no process.
Work run_in_child(const std::function<Work(const LineSink&)>& work, int stop, const LineSink& report);

}  // namespace leases
