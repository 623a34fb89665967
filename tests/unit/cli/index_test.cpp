#include <filesystem>
#include <tuple>

#include "tests/unit/cli/check_fixture.h"

namespace leases::cli::test {

namespace fs = std::filesystem;

namespace {

std::string owner() {
  return "user " + std::to_string(::geteuid());
}

}  // namespace

TEST_SUITE_BEGIN("index");

TEST_CASE("a sound index says how many leases have not expired") {
  CHECK(CheckFixture().report(check_index) ==
        "ok       index          /run/hosts.idx is sound: 0 leases (" + owner() + ", mode 0644)\n");
  const CheckFixture host(
      {leases::test::lease_of("br0", "10.0.0.1", "web"),
       leases::test::with(leases::test::lease_of("br0", "10.0.0.2"), &leases::test::OwnedLease::expiry, 1U)});
  CHECK(host.report(check_index) ==
        "ok       index          /run/hosts.idx is sound: 1 lease (" + owner() + ", mode 0644)\n");
}

TEST_CASE("an index that does not exist is made") {
  const CheckFixture host;
  fs::remove(host.index_path());
  CHECK(host.report(check_index) ==
        "problem  index          /run/hosts.idx does not exist; the helper creates it with the first lease; "
        "to fix it: "
        "leasectl rebuild\n");
  fs::remove_all(host.path_of("run"));
  CHECK(host.report(check_index).starts_with("problem  index          /run does not exist; "));
}

TEST_CASE("commands name another configuration that was read") {
  CheckFixture host;
  host.context().configuration = "/etc/it's mine";
  fs::remove(host.index_path());
  CHECK(host.report(check_index).ends_with("to fix it: leasectl --config '/etc/it'\\''s mine' rebuild\n"));
}

TEST_CASE("an index elsewhere is not found by the module") {
  CheckFixture host;
  host.context().module_runtime = "/run/nss-leases";
  CHECK(host.report(check_index)
            .starts_with("problem  index          the configuration puts the index into /run, but the module "
                         "looks only in "
                         "/run/nss-leases; to fix it: sed -i --follow-symlinks -E "
                         "'/^[[:space:]]*[\"\\x27]?runtime-directory[\"\\x27]?[[:space:]]*=/d' " +
                         std::string(paths::kConfig) + " && leasectl rebuild\n"));
}

TEST_CASE("an index that others can write is not trusted") {
  const CheckFixture host;
  ::chmod(host.index_path().c_str(), 0664);
  CHECK(host.report(check_index) ==
        "problem  index          /run/hosts.idx can be written by group or others (" + owner() +
            ", mode 0664), so it is not trusted; to fix it: leasectl rebuild\n");
  ::chmod(host.index_path().c_str(), 0644);
  ::chmod(host.path_of("run").c_str(), 01777);
  CHECK(host.report(check_index) ==
        "problem  index          /run can be written by group or others (" + owner() +
            ", mode 1777), so the index in it is not trusted; to fix it: chmod go-w /run && leasectl "
            "rebuild\n");
}

TEST_CASE("only a regular file is trusted") {
  const CheckFixture host;
  fs::remove(host.index_path());
  fs::create_symlink("/etc/passwd", host.index_path());
  CHECK(host.report(check_index) ==
        "problem  index          /run/hosts.idx is a symbolic link, and only a regular file is trusted; to "
        "fix it: "
        "leasectl rebuild\n");
  fs::remove(host.index_path());
  fs::create_directory(host.index_path());
  CHECK(host.report(check_index) ==
        "problem  index          /run/hosts.idx is a directory, and only a regular file is trusted; to fix "
        "it: rm -r "
        "/run/hosts.idx && leasectl rebuild\n");
}

TEST_CASE("an index that is damaged is a problem, with its size") {
  const CheckFixture host;
  fs::resize_file(host.index_path(), 63);
  CHECK(host.report(check_index) ==
        "problem  index          /run/hosts.idx is shorter than an index's header (63 bytes); to fix it: "
        "leasectl "
        "rebuild\n");
}

TEST_CASE("an index that other users cannot read is a problem, whoever asks") {
  const CheckFixture host;
  for (const auto& [path, mode, text] :
       {std::tuple(host.path_of("run"), 0700,
                   "/run is closed to other users (" + owner() +
                       ", mode 0700), so they find nothing; to fix it: chmod a+rx "
                       "/run\n"),
        std::tuple(host.index_path(), 0640,
                   "/run/hosts.idx is closed to other users (" + owner() +
                       ", mode 0640), so they find nothing; to fix it: chmod a+r "
                       "/run/hosts.idx\n")}) {
    ::chmod(path.c_str(), static_cast<mode_t>(mode));
    const auto findings = check_index(host.context());
    CHECK(host.report(findings) == "problem  index          " + text);
    CheckFixture::obey(findings);
    CHECK(host.report(check_index).starts_with("ok "));
  }
}

TEST_CASE("an index that this user cannot open is a problem") {
  // Root has no capabilities here: the fixture's store gave them up.
  const CheckFixture host;
  ::chmod(host.index_path().c_str(), 0200);
  CHECK(host.report(check_index) ==
        "problem  index          /run/hosts.idx cannot be opened by this user: Permission denied (" +
            owner() + ", mode 0200); to fix it: chmod a+r /run/hosts.idx\n");
}

TEST_SUITE_END();

}  // namespace leases::cli::test
