#pragma once

#include <spawn.h>
#include <sys/types.h>

#include <string>
#include <vector>

namespace leases {

/// Must be called before a child is made that will be waited for: this process may have been started with
/// SIGCHLD ignored, and then there would be nothing to wait for.
void expect_child();

/// posix_spawn(3)'s list of changes to the descriptors of the program.
class FileActions {
 public:
  FileActions() { ::posix_spawn_file_actions_init(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }

  void open_empty_input();
  posix_spawn_file_actions_t* get() { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

/// Starts a program, with no signal blocked. First comes the program: a path, or a name to look for in PATH.
/// Throws Error, with errno, if it cannot be run.
pid_t spawn(std::vector<std::string>& arguments, FileActions& actions);

/// Waits for its end. Returns its status (wait(2)). `name` is what errors call it. Throws Error.
int wait_for(pid_t child, const std::string& name);

/// The exit status in a status of wait(2); 128 and the signal's number if a signal ended the process.
int exit_status_of(int status);

}  // namespace leases
