#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "util/file.h"

namespace leases {

/// A program that runs beside this one, with its environment, output and standard error, and empty input.
class RunningProgram {
 public:
  /// First the program: a path, or a name to look for in PATH. Throws Error, with errno, if it cannot be run.
  explicit RunningProgram(const std::vector<std::string>& arguments);
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;
  /// If it was not waited for, it gets SIGTERM and is left to itself.
  ~RunningProgram();

  /// For poll(2): readable once it has ended.
  [[nodiscard]] int descriptor() const { return handle_.number(); }
  /// Waits for its end. Returns its exit status; 128 and the signal's number if one ended it.
  int wait();

 private:
  std::string name_;
  pid_t process_;          ///< 0: it was waited for
  FileDescriptor handle_;  ///< pidfd_open(2)
};

}  // namespace leases
