#pragma once

#include <string>
#include <vector>

namespace leases {

/// What became of a program that was run.
struct ProgramResult {
  int status = 0;      ///< its exit status; 128 and the signal's number if one ended it
  std::string output;  ///< what it wrote to standard output
};

/// Runs a program that the system has (looked for in PATH) and waits for its end. Its standard input is
/// empty, its errors are ours. `package` is the Debian package that brings it, and is named if it is not
/// there. Throws Error.
ProgramResult run_program(std::vector<std::string> arguments, const std::string& package);

}  // namespace leases
