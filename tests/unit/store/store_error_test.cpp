#include "store/store_error.h"

#include <doctest/doctest.h>

#include <cerrno>
#include <string>

#include "tests/support/files.h"

namespace leases::test {

TEST_SUITE_BEGIN("store_error");

TEST_CASE("a user that does not own the store is told of dhcp-scriptuser, its owner is not") {
  const Error denied = errno_error("/srv/lock", "cannot be opened", EACCES);
  const std::string other = store_error("/proc/no-such-directory", denied).what();
  CHECK(other.starts_with("/srv/lock: cannot be opened: Permission denied; "));
  CHECK(other.find("(dhcp-scriptuser)") != std::string::npos);
  const TemporaryDirectory own;
  CHECK(std::string(store_error(own.path(), denied).what()).find("dhcp-scriptuser") == std::string::npos);
}

TEST_CASE("what is thrown at the store gets advice for its kind, once") {
  const auto thrown = [](int error) -> std::string {
    try {
      at_store("/srv",
               [&] { at_store("/srv", [&] { throw errno_error("/srv/a", "cannot be written", error); }); });
    } catch (const Error& advised) {
      CHECK(advised.error() == error);
      return advised.what();
    }
    return {};
  };
  CHECK(thrown(ENOSPC) ==
        "/srv/a: cannot be written: No space left on device; make room on that file system");
  CHECK(thrown(EROFS).ends_with("; make that file system writable"));
  CHECK(thrown(ENOTDIR).ends_with("; move away what is there; it has to be a plain file or directory"));
  CHECK(at_store("/srv", [] { return 3; }) == 3);
}

TEST_CASE("an error that says what to do is left alone") {
  CHECK(std::string(store_error("/srv", Error("/srv/lock: is not a plain file; remove it")).what()) ==
        "/srv/lock: is not a plain file; remove it");
}

TEST_SUITE_END();

}  // namespace leases::test
