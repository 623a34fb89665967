/// Status, errno and h_errno.

#include <doctest/doctest.h>

#include <array>
#include <cerrno>
#include <string>

#include "tests/support/installed_store.h"
#include "tests/support/lookup.h"
#include "tests/support/module.h"
#include "tests/support/questions.h"

using namespace leases::test;

namespace {

constexpr int kBefore = 4711;

/// Calls with errno and the caller's variable set to kBefore.
template <typename Ask>
Reply reply_with_errno(Ask&& ask, int& errno_after) {
  errno = kBefore;
  const Reply reply = ask();
  errno_after = errno;
  return reply;
}

struct Place {
  std::string text;
  void (*prepare)(const InstalledStore& store);
};

/// States in which a lookup makes different system calls, or none.
const std::array<Place, 3> kPlaces{{
    {"with the mapping that is there", [](const InstalledStore&) { by_name("v4"); }},
    {"with a new file to be mapped", [](const InstalledStore& store) { store.replace_index(); }},
    {"with the file to be checked", [](const InstalledStore&) { wait_for_next_check(); }},
}};

}  // namespace

TEST_CASE("A success leaves errno and the caller's variable as they were") {
  const InstalledStore store{{"v4", kAskedV4}, {kAskedName, kAskedV4}, {kAskedName, kAskedV6}};
  for (const Place& place : kPlaces) {
    CAPTURE(place.text);
    for (const Question& question : answered_questions()) {
      CAPTURE(question.text);
      std::array<char, 4096> buffer{};
      Caller caller{buffer.data(), buffer.size(), kBefore, kBefore};
      place.prepare(store);
      errno = kBefore;
      const nss_status status = question.ask(caller).status;
      const int errno_after = errno;
      CHECK(status == NSS_STATUS_SUCCESS);
      CHECK(errno_after == kBefore);
      CHECK(caller.error == kBefore);
      CHECK(caller.h_error == NETDB_SUCCESS);
    }
  }
}

TEST_CASE("An unknown name leaves errno and the caller's variable as they were") {
  const InstalledStore store{{"v4", "10.77.1.1"}};
  for (const Place& place : kPlaces) {
    CAPTURE(place.text);
    const auto check = [&](auto&& ask, int h_error) {
      place.prepare(store);
      int errno_after = 0;
      const Reply reply = reply_with_errno(ask, errno_after);
      CHECK(reply.status == NSS_STATUS_NOTFOUND);
      CHECK(reply.h_error == h_error);
      CHECK(reply.error == Reply::kUntouched);
      CHECK(errno_after == kBefore);
    };
    check([] { return by_name("nobody"); }, HOST_NOT_FOUND);
    check([] { return by_name("no..name"); }, HOST_NOT_FOUND);
    check([] { return by_name("nobody", AF_INET); }, HOST_NOT_FOUND);
    check([] { return by_name("nobody", AF_INET6); }, HOST_NOT_FOUND);
    check([] { return by_name("v4", AF_INET6); }, NO_DATA);
    check([] { return by_address("10.77.1.99"); }, HOST_NOT_FOUND);
    check([] { return by_address("fd00::1"); }, HOST_NOT_FOUND);
    module().sethostent(0);
    next_host();
    check(next_host, HOST_NOT_FOUND);
  }
}

TEST_CASE("Without an index every entry point says that it is unavailable, and asks for no second call") {
  const InstalledStore store{{kAskedName, kAskedV4}};
  remove_and_unmap_index();
  for (const Question& question : answered_questions()) {
    CAPTURE(question.text);
    std::array<char, 4096> buffer{};
    Caller caller{buffer.data(), buffer.size(), kBefore, kBefore};
    CHECK(question.ask(caller).status == NSS_STATUS_UNAVAIL);
    CHECK(caller.h_error == NO_RECOVERY);
    CHECK(caller.error == ENOENT);
  }
}

TEST_CASE("A buffer that is too small sets errno itself where that is the caller's variable") {
  const InstalledStore store{{kAskedName, kAskedV4}, {kAskedName, kAskedV6}};
  for (const Place& place : kPlaces) {
    CAPTURE(place.text);
    for (const Question& question : answered_questions()) {
      CAPTURE(question.text);
      std::array<char, 16> buffer{};
      Caller caller{buffer.data(), buffer.size(), kBefore, kBefore, &errno};
      place.prepare(store);
      errno = 0;
      const nss_status status = question.ask(caller).status;
      const int errno_after = errno;
      CHECK(status == NSS_STATUS_TRYAGAIN);
      CHECK(errno_after == ERANGE);
      CHECK(caller.h_error == NETDB_INTERNAL);
    }
  }
}

TEST_CASE("A family that DHCP does not have is refused, not taken for an unknown name") {
  const InstalledStore store{{"v4", "10.77.1.1"}};
  for (const int family : {AF_UNIX, AF_PACKET, -1, 12345}) {
    CAPTURE(family);
    const Reply reply = by_name("v4", family);
    CHECK(reply.status == NSS_STATUS_UNAVAIL);
    CHECK(reply.error == EAFNOSUPPORT);
    CHECK(reply.h_error == NO_RECOVERY);
  }
}

TEST_CASE("An address whose length is not that of its family is refused") {
  const InstalledStore store{{"v4", "10.77.1.1"}};
  struct Shape {
    int family;
    socklen_t length;
  };
  for (const Shape shape : {Shape{AF_INET, 0},
                            {AF_INET, 3},
                            {AF_INET, 5},
                            {AF_INET, 16},
                            {AF_INET6, 4},
                            {AF_INET6, 15},
                            {AF_INET6, 17},
                            {AF_UNSPEC, 4},
                            {AF_UNIX, 4}}) {
    CAPTURE(shape.family);
    CAPTURE(shape.length);
    const std::array<unsigned char, 32> bytes{10, 77, 1, 1};
    std::array<char, 1024> buffer{};
    hostent host{};
    int error = 0;
    int h_error = kBefore;
    CHECK(module().gethostbyaddr2_r(bytes.data(), shape.length, shape.family, &host, buffer.data(),
                                    buffer.size(), &error, &h_error, nullptr) == NSS_STATUS_UNAVAIL);
    CHECK(error == EAFNOSUPPORT);
    CHECK(h_error == NO_RECOVERY);
  }
}
