#include "store/own_names.h"

#include <doctest/doctest.h>
#include <sched.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <vector>

#include "store/settings.h"
#include "tests/support/files.h"

namespace leases::test {

TEST_SUITE_BEGIN("own_names");

namespace {

using Names = std::vector<std::string>;

/// This process, from then on in a UTS namespace of its own, has this name. False without the right to that.
bool set_kernel_name(std::string_view name) {
  return ::unshare(CLONE_NEWUTS) == 0 && ::sethostname(name.data(), name.size()) == 0;
}

}  // namespace

TEST_CASE("a machine is known by the first label of the kernel's name and of that in the file") {
  const TemporaryDirectory place;
  const std::string file = place.path_of("hostname");
  write_file(file, "# set by the installer\n\n  Stored.example.org \nother\n");
  if (!set_kernel_name("Builder")) {
    MESSAGE("only root can make a UTS namespace");
    return;
  }
  CHECK(own_names(file) == Names{"builder", "stored"});
  REQUIRE(set_kernel_name("builder.lab.test"));
  CHECK(own_names(file) == Names{"builder", "stored"});
  REQUIRE(set_kernel_name("stored"));
  CHECK(own_names(file) == Names{"stored"});
  REQUIRE(set_kernel_name("(none)"));
  CHECK(own_names(file) == Names{"stored"});
}

TEST_CASE("a file that is missing, not a file, or without a host label names nothing") {
  const TemporaryDirectory place;
  const Names of_kernel = own_names(place.path_of("missing"));
  CHECK(own_names(place.path_of("")) == of_kernel);
  CHECK(own_names("/dev/zero") == of_kernel);
  for (const std::string_view text : {"", "\n", "# x", "-a\n", "\xff\n", ".a\n"}) {
    CAPTURE(text);
    write_file(place.path_of("hostname"), text);
    CHECK(own_names(place.path_of("hostname")) == of_kernel);
  }
}

TEST_CASE("the policy knows them, unless no file is named") {
  const TemporaryDirectory place;
  write_file(place.path_of("hostname"), "builder\n");
  Settings settings = read_settings("/nonexistent/nss-leases.conf");
  CHECK(settings.hostname_file == kStandardHostname);
  settings.hostname_file = place.path_of("hostname");
  CHECK_FALSE(settings.names.refusal("builder"));
  CHECK(with_own_names(settings).names.refusal("builder"));
  CHECK(with_hosts_files(settings, false).names.refusal("builder"));
  settings.hostname_file.clear();
  CHECK_FALSE(with_own_names(settings).names.refusal("builder"));
}

TEST_SUITE_END();

}  // namespace leases::test
