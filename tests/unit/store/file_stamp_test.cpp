#include "store/file_stamp.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <ctime>
#include <limits>

#include "tests/support/files.h"
#include "util/directory.h"
#include "util/new_file.h"

namespace leases::test {

TEST_SUITE_BEGIN("file_stamp");

TEST_CASE("the stamp is that of the file in its place, and every new file has another") {
  const TemporaryDirectory place;
  const Directory directory = Directory::open_or_create(place.path());
  const layout::FileStamp first = stamp_of(NewFile(directory, "a.status").put_in_place());
  CHECK(stamp_of(*directory.status_of("a.status")) == first);
  CHECK_FALSE(first == layout::FileStamp{});
  const layout::FileStamp second = stamp_of(NewFile(directory, "a.status").put_in_place());
  CHECK(stamp_of(*directory.status_of("a.status")) == second);
  CHECK_FALSE(first == second);
}

TEST_CASE("the stamp tells every way in which a file can be another") {
  struct stat status {};
  status.st_dev = 1;
  status.st_ino = 2;
  status.st_size = 3;
  status.st_mtim = {4, 5};
  status.st_ctim = {6, 7};
  CHECK(stamp_of(status) == layout::FileStamp{1, 2, 3, 4'000'000'005, 6'000'000'007});
}

TEST_CASE("a stamp bears any time that a file can be given") {
  struct stat status {};
  status.st_mtim.tv_sec = std::numeric_limits<std::time_t>::max();
  status.st_ctim.tv_sec = std::numeric_limits<std::time_t>::min();
  const layout::FileStamp stamp = stamp_of(status);
  CHECK(stamp.modified_ns - stamp.changed_ns > 0);
}

TEST_SUITE_END();

}  // namespace leases::test
