
#include <filesystem>

#include "tests/unit/cli/check_fixture.h"
#include "util/regular_file.h"

namespace leases::cli::test {

namespace fs = std::filesystem;

TEST_SUITE_BEGIN("module");

TEST_CASE("a module that is not installed is a problem") {
  CHECK(CheckFixture().report(check_module) ==
        "problem  module         /usr/lib/libnss_leases.so.2 is not installed, and the loader finds no other "
        "libnss_leases_of_no_host.so.2; to fix it: cmake --install /src/build\n");
}

TEST_CASE("what was not installed from its source has no command that installs it") {
  const CheckFixture host;
  fs::remove(host.path_of("usr/libexec/installed-from"));
  CHECK(host.report(check_module) ==
        "problem  module         /usr/lib/libnss_leases.so.2 is not installed, and the loader finds no other "
        "libnss_leases_of_no_host.so.2; install nss-leases again\n");
  fs::create_directories(host.context().module);
  CHECK(host.report(check_module) ==
        "problem  module         /usr/lib/libnss_leases.so.2 is a directory, not a file; install nss-leases "
        "again\n");
}

TEST_CASE("root is not told to install from a directory that is gone, or that others can write") {
  for (const bool is_gone : {true, false}) {
    CAPTURE(is_gone);
    const CheckFixture host;
    const std::string build = host.path_of("src/build");
    if (is_gone) {
      fs::remove_all(build);
    } else {
      fs::permissions(build, fs::perms::others_write, fs::perm_options::add);
    }
    CHECK(host.report(check_module).ends_with("; install nss-leases again\n"));
  }
}

TEST_CASE("a module that is cut short is not loaded, since that would end this process") {
  CheckFixture host;
  host.context().module = host.context().module_name =
      host.file("usr/lib/libnss_leases.so.2", read_regular_file(path_of_libc()).text.substr(0, 1000));
  CHECK(
      host.report(check_module) ==
      "problem  module         /usr/lib/libnss_leases.so.2 is cut short (1000 bytes): it ends every program "
      "that loads it; to fix it: cmake --install /src/build\n");
}

TEST_CASE("a module that the loader does not look for is a problem") {
  const CheckFixture host;
  host.file("usr/lib/libnss_leases.so.2", "ELF");
  const std::string text =
      "problem  module         the loader does not look for /usr/lib/libnss_leases.so.2 there; to fix it: ";
  const auto ldconfig_says = [&](const std::string& directory) {
    host.file("sbin/ldconfig", "#!/bin/sh\necho '" + directory + ": (from /etc/ld.so.conf:2)'\n");
  };
  ldconfig_says(host.path_of("usr/lib"));
  CHECK(host.report(check_module) == text + "ldconfig\n");
  ldconfig_says(host.path_of("usr"));
  CHECK(host.report(check_module) == text + "printf '%s\\n' /usr/lib >> /etc/ld.so.conf && ldconfig\n");
}

TEST_CASE("a file that is not a library is not loaded") {
  CheckFixture host;
  host.context().module = host.context().module_name =
      host.file("usr/lib/libnss_leases.so.2", "not a library");
  const std::string report = host.report(check_module);
  CHECK(report.starts_with("problem  module         the loader does not load /usr/lib/libnss_leases.so.2: "));
  CHECK(report.ends_with("; to fix it: cmake --install /src/build\n"));
}

TEST_CASE("what is not a file is not loaded") {
  const CheckFixture host;
  fs::create_directories(host.path_of("usr/lib"));
  REQUIRE(::mkfifo(host.context().module.c_str(), 0644) == 0);
  CHECK(host.report(check_module) ==
        "problem  module         /usr/lib/libnss_leases.so.2 is a FIFO, not a file; to fix it: rm -r "
        "/usr/lib/libnss_leases.so.2 && cmake --install /src/build\n");
}

TEST_CASE("a module that not everybody can read is a problem") {
  const CheckFixture host;
  ::chmod(host.file("usr/lib/libnss_leases.so.2", "").c_str(), 0640);
  CHECK(host.report(check_module) ==
        "problem  module         /usr/lib/libnss_leases.so.2 is not readable by everybody; to fix it: chmod "
        "a+r "
        "/usr/lib/libnss_leases.so.2\n");
}

TEST_CASE("a module that others can write is a problem: every program runs what is in it") {
  const CheckFixture host;
  ::chmod(host.file("usr/lib/libnss_leases.so.2", "").c_str(), 0666);
  const auto findings = check_module(host.context());
  CHECK(host.report(findings) ==
        "problem  module         /usr/lib/libnss_leases.so.2 can be written by group or others, so other "
        "users than its own decide about names; to fix it: chmod go-w /usr/lib/libnss_leases.so.2\n");
  CheckFixture::obey(findings);
  CHECK(host.report(check_module).find("can be written") == std::string::npos);
}

TEST_CASE("another library is not the module") {
  CheckFixture host;
  host.context().module_name = "libc.so.6";
  const std::string report = host.report(check_module);
  CHECK(report.starts_with("problem  module         /"));
  CHECK(
      report.find(
          "/libc.so.6 has no _nss_leases_gethostbyname4_r: it is not a module of nss-leases, or an old one; "
          "to fix it: cmake --install /src/build\n") != std::string::npos);
}

TEST_SUITE_END();

}  // namespace leases::cli::test
