#include "cli/libvirt/hook_switch.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "tests/support/files.h"
#include "util/error.h"

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
