#include <filesystem>

#include "tests/unit/cli/check_fixture.h"

namespace leases::cli::test {

namespace {

const std::string kFine = ::geteuid() == 0
                              ? "ok       helper         as root, it may do what it has to\n"
                              : "unknown  helper         only root can try what the helper does\n";

}  // namespace

TEST_SUITE_BEGIN("helper");

TEST_CASE("a helper that may do what it has to is well") {
  CHECK(CheckFixture().report(check_helper) == kFine);
}

TEST_CASE("what does not exist yet is no obstacle") {
  const CheckFixture host;
  std::filesystem::remove_all(host.settings().state_directory);
  std::filesystem::remove_all(host.settings().runtime_directory);
  CHECK(host.report(check_helper) == kFine);
}

TEST_CASE("what decides about names must not be anybody's") {
  CheckFixture host;
  host.context().configuration = host.file("etc/nss-leases.conf", "");
  const std::string programs = host.path_of("usr/libexec");
  for (const char* name :
       {"usr/libexec/before-removal", "usr/libexec/leases-resolve", "usr/libexec/leases-share"})
    host.program(name);
  const std::string servers = host.settings().state_directory + "/servers";
  std::filesystem::create_directory(servers);
  for (const std::string& path :
       {host.settings().state_directory, servers, host.file("state/servers/known", ""),
        host.context().configuration, programs, host.context().helper, host.context().leasectl,
        programs + "/leases-import", programs + "/before-removal", programs + "/leases-resolve",
        programs + "/leases-share"}) {
    CAPTURE(path);
    const auto status = std::filesystem::status(path);
    ::chmod(path.c_str(), 0777);
    const auto findings = check_helper(host.context());
    CHECK(host.report(findings).starts_with("problem  helper         "));
    CHECK(host.report(findings).find(" can be written by group or others, so other users than its own decide "
                                     "about names; to fix it: chmod go-w ") != std::string::npos);
    CheckFixture::obey(findings);
    CHECK(host.report(check_helper) == kFine);
    std::filesystem::permissions(path, status.permissions());
  }
}

TEST_CASE("a user whom passwd does not have is not taken for root") {
  if (::geteuid() != 0) return;  // only root can try
  const CheckFixture host;
  host.file("etc/dnsmasq.conf",
            "dhcp-script=" + host.context().helper + "\nscript-on-renewal\ndhcp-scriptuser=of-ldap\n");
  // Root could not write there.
  ::chmod(host.settings().state_directory.c_str(), 0500);
  CHECK(host.report(check_helper) ==
        "unknown  helper         dnsmasq runs the helper as of-ldap, who is not in /etc/passwd, so what that "
        "user may do is not tried\n");
}

// Root has no capabilities here either: the fixture's store gave them up.
TEST_CASE("what the helper cannot use is a problem") {
  if (::geteuid() != 0) return;  // only root can try
  const CheckFixture host;
  const std::string state = host.file("state/lock", "").substr(0, host.path_of("state").size());
  const std::string rights =
      "mkdir -p /state /run && chmod -R u+rwX,go-w /state /run && chown -R root: /state /run && leasectl "
      "rebuild";
  host.file("state/br0.status", "[]");
  ::chmod((state + "/lock").c_str(), 0600);
  REQUIRE(host.report(check_helper) == kFine);
  const auto check_at = [&](const std::string& path, mode_t mode, const std::string& text) {
    CAPTURE(text);
    const auto right = std::filesystem::status(path).permissions();
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    CHECK(host.report(check_helper) ==
          "problem  helper         the helper, as root, cannot " + text + "; to fix it: " + rights + '\n');
    std::filesystem::permissions(path, right);
    CHECK(host.report(check_helper) == kFine);
  };
  check_at(state, 0, "open /state: Permission denied");
  check_at(state, 0500, "write in /state: Permission denied");
  check_at(state + "/lock", 0, "open /state/lock: Permission denied");
  check_at(state + "/br0.status", 0, "open /state/br0.status: Permission denied");
  check_at(host.settings().runtime_directory, 0500, "write in /run: Permission denied");
}

TEST_CASE("a lock that is not a file is removed") {
  if (::geteuid() != 0) return;
  const CheckFixture host;
  std::filesystem::remove(host.path_of("state/lock"));
  std::filesystem::create_directory(host.path_of("state/lock"));
  const auto findings = check_helper(host.context());
  CHECK(host.report(findings) ==
        "problem  helper         the helper, as root, cannot open /state/lock: it is not a file; to fix it: "
        "rm -r /state/lock\n");
  CheckFixture::obey(findings);
  CHECK(host.report(check_helper) == kFine);
}

TEST_SUITE_END();

}  // namespace leases::cli::test
