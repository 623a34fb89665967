#include "common/trust.h"

#include <doctest/doctest.h>

#include <initializer_list>

namespace leases::test {

namespace {

constexpr uid_t kOwner = 110;
constexpr uid_t kStranger = 4242;

struct stat status_of(mode_t mode, uid_t owner) {
  struct stat status {};
  status.st_mode = mode;
  status.st_uid = owner;
  return status;
}

Distrust distrust(mode_t file_mode, uid_t file_owner, mode_t directory_mode = S_IFDIR | 0755) {
  return distrust_of(status_of(file_mode, file_owner), status_of(directory_mode, kOwner));
}

}  // namespace

TEST_SUITE_BEGIN("trust");

TEST_CASE("a file is trusted if nobody but root and the directory's owner could have made it") {
  CHECK(distrust(S_IFREG | 0644, 0) == Distrust::none);
  CHECK(distrust(S_IFREG | 0600, kOwner) == Distrust::none);
  CHECK(distrust(S_IFREG | 0644, kStranger) == Distrust::foreign_owner);
  CHECK(distrust(S_IFREG | 0664, 0) == Distrust::writable_by_others);
  CHECK(distrust(S_IFREG | 0646, 0) == Distrust::writable_by_others);
  CHECK(distrust(S_IFLNK | 0644, 0) == Distrust::not_regular);
  CHECK(distrust(S_IFREG | 0644, 0, S_IFDIR | 01777) == Distrust::directory_writable_by_others);
  CHECK(distrust(S_IFREG | 0644, 0, S_IFDIR | 0775) == Distrust::directory_writable_by_others);
}

TEST_CASE("a file is a stranger's only in a directory in which others can write") {
  for (const mode_t mode : {0777U, 0775U, 01777U, 0757U}) {
    CAPTURE(mode);
    CHECK(is_strangers(status_of(S_IFREG | 0644, kStranger), status_of(S_IFDIR | mode, kOwner)));
    CHECK_FALSE(is_strangers(status_of(S_IFREG | 0644, kOwner), status_of(S_IFDIR | mode, kOwner)));
    CHECK_FALSE(is_strangers(status_of(S_IFREG | 0644, 0), status_of(S_IFDIR | mode, kOwner)));
  }
  CHECK_FALSE(is_strangers(status_of(S_IFREG | 0644, kStranger), status_of(S_IFDIR | 0755, kOwner)));
}

TEST_SUITE_END();

}  // namespace leases::test
