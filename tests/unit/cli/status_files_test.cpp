#include <filesystem>

#include "tests/unit/cli/check_fixture.h"
#include "util/regular_file.h"

namespace leases::cli::test {

namespace fs = std::filesystem;

namespace {

/// A host with a lease in the network "br0".
class HostWithStatusFiles : public CheckFixture {
 public:
  HostWithStatusFiles() { StoreTransaction(settings()).put(leases::test::full_v4().lease()); }
};

}  // namespace

TEST_SUITE_BEGIN("status_files");

TEST_CASE("an index that is up to date is well") {
  CHECK(HostWithStatusFiles().report(check_status_files) ==
        "ok       status         /state: the index is up to date with the status files (1)\n");
  CHECK(CheckFixture().report(check_status_files) ==
        "ok       status         /state: the index is up to date with the status files (0)\n");
}

TEST_CASE("a status file that was changed is a problem") {
  const HostWithStatusFiles host;
  leases::test::write_file(host.status_path("br0"), host.status("br0") + '\n');
  CHECK(host.report(check_status_files) ==
        "problem  status         /state/br0.status was changed, and the index is not up to date with it; to "
        "fix it: "
        "leasectl rebuild\n");
}

TEST_CASE("a status file of a network that the index does not have is a problem") {
  const HostWithStatusFiles host;
  leases::test::write_file(host.status_path("new"), "[]");
  CHECK(host.report(check_status_files) ==
        "problem  status         /state/new.status was changed, and the index is not up to date with it; to "
        "fix it: "
        "leasectl rebuild\n");
}

TEST_CASE("a status file that was removed is a problem") {
  const HostWithStatusFiles host;
  fs::remove(host.status_path("br0"));
  CHECK(host.report(check_status_files) ==
        "problem  status         /state/br0.status does not exist, but the index still has leases from it; "
        "to fix it: "
        "leasectl rebuild\n");
}

TEST_CASE("a status file has to be a file") {
  const HostWithStatusFiles host;
  fs::create_symlink("/etc/passwd", host.status_path("other"));
  CHECK(host.report(check_status_files) ==
        "problem  status         /state/other.status is a symbolic link, not a file; to fix it: rm -r "
        "/state/other.status && leasectl rebuild\n");
}

TEST_CASE("a damaged file that was set aside is reported until it is removed") {
  const HostWithStatusFiles host;
  host.file("state/br0.status.damaged-20261123T120000Z", "");
  CHECK(host.report(check_status_files) ==
        "problem  status         /state/br0.status.damaged-20261123T120000Z: a damaged file that the helper "
        "set aside; "
        "look at it, then remove it; to fix it: rm /state/br0.status.damaged-20261123T120000Z\n");
}

TEST_CASE("without an index the files cannot be compared") {
  const HostWithStatusFiles host;
  fs::remove(host.index_path());
  CHECK(host.report(check_status_files) ==
        "unknown  status         without an index, the files in /state cannot be compared with it\n");
}

TEST_CASE("a state directory need not exist before the first lease") {
  const CheckFixture host;
  fs::remove_all(host.path_of("state"));
  CHECK(host.report(check_status_files) ==
        "ok       status         /state does not exist yet: there has been no lease\n");
}

TEST_CASE("a state directory that was removed with leases in it is a problem") {
  const HostWithStatusFiles host;
  fs::remove_all(host.path_of("state"));
  CHECK(host.report(check_status_files) ==
        "problem  status         /state does not exist, but the index still has leases from there; to fix "
        "it: leasectl "
        "rebuild\n");
}

TEST_CASE("a state directory that is misspelt is a problem of the configuration, and nothing is rebuilt") {
  HostWithStatusFiles host;
  fs::remove_all(host.path_of("state"));
  host.context().configuration = host.file(
      "etc/nss-leases.conf", "[names]\ndeny = []\n state-directory = \"" + host.path_of("state") + "\"\n");
  host.file("var/standard/br0.status", "[]");
  const auto findings = check_status_files(host.context());
  CHECK(host.report(findings) ==
        "problem  status         /etc/nss-leases.conf has the state-directory /state, which does not exist; "
        "there are status files in /var/standard; to fix it: sed -i --follow-symlinks -E "
        "'/^[[:space:]]*[\"\\x27]?state-directory[\"\\x27]?[[:space:]]*=/d' /etc/nss-leases.conf\n");
  CheckFixture::obey(findings);
  CHECK(read_regular_file(host.path_of("etc/nss-leases.conf")).text == "[names]\ndeny = []\n");
}

TEST_CASE("a user who may not read the directory cannot tell") {
  // Root has no capabilities here: the fixture's store gave them up.
  const HostWithStatusFiles host;
  ::chmod(host.path_of("state").c_str(), 0300);
  CHECK(host.report(check_status_files) == "unknown  status         /state is not readable by this user\n");
  ::chmod(host.path_of("state").c_str(), 0700);
}

TEST_SUITE_END();

}  // namespace leases::cli::test
