/// Lookups in a process that may not make some system call.

#include <doctest/doctest.h>
#include <sys/syscall.h>

#include <cerrno>
#include <initializer_list>

#include "tests/support/children.h"
#include "tests/support/installed_store.h"
#include "tests/support/lookup.h"
#include "tests/support/module.h"
#include "tests/support/system_call_filter.h"

using namespace leases::test;

namespace {

const std::vector<Host> kHosts{{"alpha", "10.77.1.1"}};

bool deny(std::initializer_list<long> numbers, int error = EPERM) {
  return filter_system_calls(numbers, SECCOMP_RET_ERRNO | static_cast<unsigned>(error), SECCOMP_RET_ALLOW);
}

/// A failure during the lookup must not show in the caller's errno.
bool found_with_errno_kept() {
  constexpr int kBefore = 4711;
  errno = kBefore;
  const bool found = by_name("alpha").found();
  return found && errno == kBefore;
}

/// Runs in a child that has not mapped the index yet.
template <typename Body>
int in_fresh_child(Body&& body) {
  remove_and_unmap_index();
  const InstalledStore store;
  store.replace_index(kHosts);
  return in_child(body);
}

}  // namespace

TEST_CASE("Where files may not be opened or examined the module is unavailable and does not insist") {
  for (const long number : {SYS_openat, SYS_newfstatat}) {
    for (const int error : {EPERM, EACCES, ENOSYS}) {
      CAPTURE(number);
      CAPTURE(error);
      const int result = in_fresh_child([&] {
        if (!deny({number}, error)) return 1;
        for (int i = 0; i < 10; ++i) {
          if (!by_name("alpha").unavailable() || !by_address("10.77.1.1").unavailable()) return 2;
        }
        return 0;
      });
      CHECK(result == 0);
    }
  }
}

TEST_CASE("A process that locks itself up after its first lookup goes on with the index that it has") {
  for (const long number : {SYS_openat, SYS_newfstatat}) {
    CAPTURE(number);
    const int result = in_fresh_child([&] {
      if (!by_name("alpha").found() || !deny({number})) return 1;
      if (!by_name("alpha").found()) return 2;
      wait_for_next_check();
      if (!found_with_errno_kept()) return 3;
      return by_address("10.77.1.1").name == "alpha.lab" ? 0 : 4;
    });
    CHECK(result == 0);
  }
}

TEST_CASE(
    "When its index is replaced, which it can see and not follow, it is unavailable, and never out of date") {
  const int result = in_fresh_child([] {
    if (!by_name("alpha").found()) return 1;
    const InstalledStore store;
    store.replace_index({{"beta", "10.77.1.2"}});
    if (!deny({SYS_openat})) return 2;
    if (!by_name("alpha").unavailable() || !by_address("10.77.1.1").unavailable()) return 3;
    wait_for_next_check();
    return by_name("alpha").unavailable() ? 0 : 4;
  });
  CHECK(result == 0);
}

// A sanitizer's runtime maps memory of its own.
#ifndef NSS_LEASES_SANITIZED
TEST_CASE("There is no crash where memory may not be mapped or unmapped, or files not closed") {
  for (const long number : {SYS_mmap, SYS_munmap, SYS_close, SYS_clock_gettime}) {
    CAPTURE(number);
    const int result = in_fresh_child([&] {
      if (!deny({number})) return 1;
      const bool unavailable = by_name("beta").unavailable();
      return number != SYS_mmap || unavailable ? 0 : 2;
    });
    CHECK(result == 0);
  }
}
#endif
