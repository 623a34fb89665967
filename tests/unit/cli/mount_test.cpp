#include "cli/checks/mount.h"

#include "tests/unit/cli/check_fixture.h"

namespace leases::cli::test {

TEST_SUITE_BEGIN("mount");

TEST_CASE("a path is in the mount that is nearest to it, and of several there in the last") {
  const CheckFixture host;
  const std::string path = host.file("a b/c/file", "");
  const std::string root = path.substr(0, path.find("/a b/"));
  const auto found = [&](const std::string& lines) {
    host.file("proc/self/mountinfo", "20 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n" + lines);
    return mount_of(path, host.context().proc);
  };
  const auto line = [&](const std::string& point, const std::string& options, const std::string& all) {
    return "21 20 0:5 / " + root + point + ' ' + options + " shared:2 master:1 - tmpfs small " + all + '\n';
  };
  CHECK(found("")->point == "/");
  CHECK_FALSE(found("")->is_read_only);
  CHECK(found(line("/a\\040b", "ro,noexec", "rw"))->point == root + "/a b");
  CHECK(found(line("/a\\040b", "ro,noexec", "rw"))->is_read_only);
  CHECK_FALSE(found(line("/a\\040b", "ro,noexec", "rw"))->is_file_system_read_only);
  CHECK_FALSE(found(line("/a\\040b", "rw,errors=ro", "size=8m,ro"))->is_read_only);
  CHECK(found(line("/a\\040b", "rw,errors=ro", "size=8m,ro"))->is_file_system_read_only);
  CHECK(found(line("/a\\040b/c", "ro", "rw") + line("/a\\040b", "rw", "rw"))->is_read_only);
  CHECK_FALSE(found(line("/a\\040b", "ro", "rw") + line("/a\\040b", "rw", "rw"))->is_read_only);
  CHECK(found(line("/a\\040b/c/fil", "ro", "rw"))->point == "/");
}

TEST_CASE("nothing is known of what is not there") {
  const CheckFixture host;
  CHECK_FALSE(mount_of(host.path_of("nothing"), "/proc"));
  CHECK_FALSE(mount_of(host.path_of("etc"), host.context().proc));
  CHECK(mount_of(host.path_of("etc"), "/proc"));
}

TEST_SUITE_END();

}  // namespace leases::cli::test
