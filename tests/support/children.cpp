#include "tests/support/children.h"

#include <fcntl.h>
#include <spawn.h>

#include <array>

namespace leases::test {

namespace {

std::vector<char*> pointers_to(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

Finished run_with(const std::vector<std::string>& command, char* const* environment) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return {-1, "no pipe"};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  pid_t child = -1;
  const int error =
      ::posix_spawnp(&child, command[0].c_str(), &actions, nullptr, pointers_to(command).data(), environment);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  Finished finished{127, {}};
  std::array<char, 4096> piece{};
  for (ssize_t count = 0; (count = ::read(ends[0], piece.data(), piece.size())) > 0;) {
    finished.output.append(piece.data(), static_cast<std::size_t>(count));
  }
  ::close(ends[0]);
  if (error == 0) finished.status = result_of(child);
  return finished;
}

}  // namespace

Finished run(const std::vector<std::string>& command) {
  return run_with(command, environ);
}

Finished run(const std::vector<std::string>& command, const std::vector<std::string>& environment) {
  return run_with(command, pointers_to(environment).data());
}

}  // namespace leases::test
