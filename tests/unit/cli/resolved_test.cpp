#include <filesystem>
#include <string>

#include "tests/unit/cli/check_fixture.h"

namespace leases::cli::test {

namespace {

const std::string kProgram = "usr/lib/systemd-resolved";
const std::string kSockets = "Num       RefCount Protocol Flags    Type St Inode Path\n";

/// A host on which systemd-resolved runs.
struct Resolved : CheckFixture {
  explicit Resolved(const std::string& program) {
    process(77, {"systemd-resolve", {"/usr/lib/systemd/systemd-resolved"}});
    file(kProgram, program);
  }
  void sockets(const std::string& lines) const { file("proc/net/unix", kSockets + lines); }
};

struct WithHooks : Resolved {
  WithHooks() : Resolved(std::string("ELF") + '\0' + "io.systemd.Resolve.Hook.ResolveRecord") {}
};

const std::string kNotAsked = "systemd-resolved asks nobody for names of leases";

}  // namespace

TEST_SUITE_BEGIN("resolved");

TEST_CASE("without systemd-resolved there is nothing to ask") {
  const CheckFixture host;
  CHECK(host.report(check_resolved) == "ok       resolved       systemd-resolved is not running\n");
}

TEST_CASE("a user who does not see all processes cannot tell") {
  const CheckFixture host;
  std::filesystem::remove_all(host.path_of("proc/1"));
  CHECK(host.report(check_resolved).starts_with("unknown  resolved       systemd-resolved is not visible"));
}

TEST_CASE("one without hooks is as it should be") {
  const Resolved host(
      "\x7f"
      "ELF io.systemd.Resolve");
  CHECK(host.report(check_resolved) ==
        "ok       resolved       systemd-resolved is older than systemd 259, and asks nobody for names of "
        "leases\n");
}

TEST_CASE("one whose program cannot be read need not be without hooks") {
  const WithHooks host;
  const std::string path = host.path_of(kProgram);
  const std::string so = ", so it is not known whether systemd-resolved asks for names of leases\n";
  std::filesystem::remove(path);
  CHECK(host.report(check_resolved) == "unknown  resolved       /" + kProgram + " does not exist" + so);
  std::filesystem::create_directory(path);
  CHECK(host.report(check_resolved) ==
        "unknown  resolved       /" + kProgram + " is a directory, not a file" + so);
}

TEST_CASE("one with hooks asks the socket that is listened at") {
  const WithHooks host;
  host.sockets("0000000000000000: 00000002 00000000 00010000 0001 01 4711 " + host.context().hook + '\n');
  CHECK(host.report(check_resolved) ==
        "ok       resolved       systemd-resolved asks leases-resolve, for programs that do not ask NSS\n");
}

TEST_CASE("a hook that is enabled and does not listen is a problem") {
  const WithHooks host;
  host.file("etc/wanted.socket", "");
  const std::string hook = host.context().hook;
  // A connection to it, another socket, one that has its path in its name.
  for (const std::string& line : {std::string(), "0: 00000003 00000000 00000000 0001 03 4711 " + hook + '\n',
                                  "0: 00000002 00000000 00010000 0001 01 4711 " + hook + "-2\n",
                                  "0: 00000002 00000000 00010000 0001 01 4711\n" + hook + '\n'}) {
    CAPTURE(line);
    host.sockets(line);
    CHECK(host.report(check_resolved).starts_with("problem  resolved       " + kNotAsked));
  }
}

TEST_CASE("a hook that is not enabled is told of") {
  const WithHooks host;
  CHECK(host.report(check_resolved).starts_with("unknown  resolved       " + kNotAsked));
}

}  // namespace leases::cli::test
