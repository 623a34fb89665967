#include "cli/libvirt/hook_switch.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <string>

#include "tests/support/files.h"
#include "util/error.h"
#include "util/process.h"

namespace leases::cli::test {

using namespace leases::test;

TEST_SUITE_BEGIN("hook_switch");

TEST_CASE("on and off, each as often as one likes") {
  const TemporaryDirectory directory;
  const HookSwitch hook(directory.path_of("hooks/qemu.d"), "/usr/bin/leasectl");
  CHECK(hook.place() == directory.path_of("hooks/qemu.d/nss-leases"));
  CHECK(hook.in_place() == HookInPlace::nothing);
  hook.off();
  for (int time = 0; time < 2; ++time) {
    hook.on();
    CHECK(hook.in_place() == HookInPlace::ours);
  }
  struct stat status {};
  REQUIRE(::stat(hook.place().c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0755);
  for (int time = 0; time < 2; ++time) {
    hook.off();
    CHECK(hook.in_place() == HookInPlace::nothing);
  }
}

TEST_CASE("a hook that does not work says why") {
  const TemporaryDirectory directory;
  const std::string program = directory.path_of("leasectl");
  write_file(program, "#!/bin/sh\nprintf '%s|' \"$@\"\n");
  REQUIRE(::chmod(program.c_str(), 0755) == 0);
  const HookSwitch hook(directory.path_of("qemu.d"), program);
  hook.on();
  CHECK(hook.fault() == "");
  // As libvirt runs it, with a domain whose name is no option.
  const auto ran = [&](const char* event) {
    return run_program(ProgramCall{{hook.place(), "--vm", event, "end", "-"}}, std::nullopt)->output;
  };
  CHECK(ran("stopped") == "libvirt-hook|run|--|--vm|");
  CHECK(ran("started") == "");
  REQUIRE(::chmod(hook.place().c_str(), 0644) == 0);
  CHECK(hook.fault() == "is not executable, so libvirt does not run it; run: leasectl libvirt-hook on");
  HookSwitch(directory.path_of("qemu.d"), "/usr/local/bin/leasectl").on();
  CHECK(hook.in_place() == HookInPlace::ours);
  CHECK(hook.fault() == "is not the hook of " + program + "; run: leasectl libvirt-hook on");
  hook.on();
  REQUIRE(::unlink(program.c_str()) == 0);
  CHECK(hook.fault() == "runs " + program + ", which cannot be run; run: leasectl libvirt-hook off");
}

TEST_CASE("somebody else's file stays") {
  const TemporaryDirectory directory;
  const HookSwitch hook(directory.path(), "/usr/bin/leasectl");
  write_file(hook.place(), "#!/bin/sh\nexit 0\n");
  CHECK(hook.in_place() == HookInPlace::other);
  CHECK_THROWS_AS(hook.on(), Error);
  CHECK_THROWS_AS(hook.off(), Error);
  CHECK(read_file(hook.place()) == "#!/bin/sh\nexit 0\n");
}

TEST_SUITE_END();

}  // namespace leases::cli::test
