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
    return mount_of(path, host.context().proc, host.context().sys);
  };
  const auto line = [&](const std::string& point, const std::string& options) {
    return "21 20 0:5 / " + root + point + ' ' + options + " shared:2 master:1 - tmpfs small rw\n";
  };
  CHECK(found("")->point == "/");
  CHECK_FALSE(found("")->can_be_made_writable);
  CHECK(found(line("/a\\040b", "ro,noexec"))->point == root + "/a b");
  CHECK(found(line("/a\\040b", "ro,noexec"))->can_be_made_writable);
  CHECK_FALSE(found(line("/a\\040b", "rw,errors=ro"))->can_be_made_writable);
  CHECK(found(line("/a\\040b/c", "ro") + line("/a\\040b", "rw"))->can_be_made_writable);
  CHECK_FALSE(found(line("/a\\040b", "ro") + line("/a\\040b", "rw"))->can_be_made_writable);
  CHECK(found(line("/a\\040b/c/fil", "ro"))->point == "/");
  CHECK(found("21 20 0:5 / " + root + " ro -\n")->point == "/");
}

TEST_CASE("a file system that is read-only for good is not made writable by mount(8)") {
  const CheckFixture host;
  host.file("sys/dev/block/7:0/ro", "1\n");
  host.file("sys/dev/block/8:1/ro", "0\n");
  const auto can_be_made_writable = [&](const std::string& device, const std::string& rest) {
    host.file("proc/self/mountinfo", "20 1 " + device + " / / ro,relatime - " + rest + '\n');
    return mount_of(host.path_of("proc"), host.context().proc, host.context().sys)->can_be_made_writable;
  };
  CHECK(can_be_made_writable("8:1", "ext4 /dev/sda1 ro"));
  CHECK(can_be_made_writable("0:30", "nfs4 server:/x ro,vers=4.2"));
  CHECK(can_be_made_writable("0:5", "overlay o rw,lowerdir=/a,upperdir=/b,workdir=/c"));
  CHECK_FALSE(can_be_made_writable("0:5", "overlay o ro,lowerdir=/a:/b"));
  CHECK_FALSE(can_be_made_writable("7:0", "ext4 /dev/loop0 ro"));
  for (const std::string kind : {"squashfs", "erofs", "iso9660", "cramfs", "romfs"})
    CHECK_FALSE(can_be_made_writable("8:1", kind + " /dev/sda1 ro"));
}

TEST_CASE("nothing is known of what is not there") {
  const CheckFixture host;
  CHECK_FALSE(mount_of(host.path_of("nothing"), "/proc", "/sys"));
  CHECK_FALSE(mount_of(host.path_of("etc"), host.context().proc, host.context().sys));
  CHECK(mount_of(host.path_of("etc"), "/proc", "/sys"));
}

TEST_SUITE_END();

}  // namespace leases::cli::test
