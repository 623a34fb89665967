#include "util/error.h"

#include <doctest/doctest.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace leases::test {

TEST_SUITE_BEGIN("error");

TEST_CASE("an error of the system is one line with the file, what failed and why, and no advice") {
  for (const int error : {ENOSPC, EROFS, EACCES, ENOENT, ENOTDIR, EIO}) {
    const Error thrown = errno_error("/srv/a.status", "cannot be written", error);
    CHECK(std::string(thrown.what()) ==
          std::string("/srv/a.status: cannot be written: ") + std::strerror(error));
    CHECK(thrown.error() == error);
  }
}

TEST_CASE("advice is added once, and other advice takes its place") {
  const Error error = errno_error("/srv/a", "cannot be read", EACCES);
  const Error advised = error.with_advice("own it");
  CHECK(std::string(advised.what()) == std::string(error.what()) + "; own it");
  CHECK(std::string(advised.with_advice("be root").what()) == std::string(error.what()) + "; be root");
  CHECK(advised.with_advice("be root").error() == EACCES);
}

TEST_CASE("what somebody has to change is told from what may succeed next time") {
  for (const int error : {ENOENT, EACCES, ELOOP, EISDIR, EIO, EUCLEAN}) CHECK(is_permanent(error));
  for (const int error : {ENOMEM, EMFILE, ENFILE, EINTR, EAGAIN}) CHECK_FALSE(is_permanent(error));
  CHECK(is_denial(EPERM));
  CHECK_FALSE(is_denial(ENOENT));
}

TEST_SUITE_END();

}  // namespace leases::test
