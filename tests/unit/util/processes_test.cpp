#include "util/processes.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/files.h"

namespace leases::test {

TEST_SUITE_BEGIN("processes");

TEST_CASE("this process is among all, with its parent and its command line") {
  const auto self = state_of_process(::getpid());
  REQUIRE(self);
  CHECK(self->parent == ::getppid());
  CHECK(self->state == 'R');
  CHECK(self->started > 0);
  const auto all = all_processes();
  CHECK(std::ranges::any_of(all, [&](const ProcessState& one) { return one.id == ::getpid(); }));
  CHECK(arguments_of(::getpid()).front().ends_with("unit_util"));
  CHECK_FALSE(state_of_process(-1));
  CHECK(arguments_of(-1).empty());
}

TEST_CASE("a name with any byte in it does not move the fields") {
  const TemporaryDirectory proc;
  std::filesystem::create_directory(proc.path_of("12"));
  write_file(proc.path_of("12/stat"), "12 (a) S 99 (\n) R 7 0 0 0 -1 0 0 0 0 0 30 4 0 0 20 0 1 0 5555 0 0\n");
  write_file(proc.path_of("12/status"), "Name:\tx\nUid:\t4242\t0\t0\t0\n");
  write_file(proc.path_of("12/cmdline"), std::string("one\0\0two\0", 9));
  write_file(proc.path_of("12/cgroup"), "0::/system.slice/other.service\n");
  const auto all = all_processes(proc.path());
  REQUIRE(all.size() == 1);
  CHECK(all[0].name == "a) S 99 (\n");
  CHECK(all[0].state == 'R');
  CHECK(all[0].parent == 7);
  CHECK(all[0].processor_time == 34);
  CHECK(all[0].started == 5555);
  const auto named = processes_named(proc.path(), all[0].name);
  REQUIRE(named.size() == 1);
  CHECK(named[0].owner == 4242);
  CHECK(named[0].arguments == std::vector<std::string>{"one", "", "two"});
  CHECK_FALSE(named[0].is_service);
}

TEST_CASE("a stat file that is cut short is not a process") {
  const TemporaryDirectory proc;
  std::filesystem::create_directory(proc.path_of("12"));
  for (const char* text : {"", "12 (a", "12 )a(", "12 (a) S 1 2"}) {
    write_file(proc.path_of("12/stat"), text);
    CHECK_FALSE(state_of_process(12, proc.path()));
  }
}

TEST_SUITE_END();

}  // namespace leases::test
