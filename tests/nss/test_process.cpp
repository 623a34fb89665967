/// Meanwhile the rest of the process may fork, cancel threads, close and use up file descriptors.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <string>

#include "tests/support/children.h"
#include "tests/support/crowd.h"
#include "tests/support/installed_store.h"
#include "tests/support/lookup.h"
#include "tests/support/process_state.h"

using namespace leases::test;

namespace {

const std::vector<Host> kHosts{{"alpha", "10.77.1.1"}, {"alpha", "fd00:77::1"}};

bool answers_are_right() {
  return by_name("alpha").addresses == "10.77.1.1 fd00:77::1" &&
         by_name("alpha", AF_INET).addresses == "10.77.1.1" && by_address("fd00:77::1").name == "alpha.lab" &&
         by_name("nobody").unknown();
}

/// Keeps replacing the index with one that has the same answers.
class Replacing {
 public:
  explicit Replacing(const InstalledStore& store) : crowd_(1, [&store] { store.replace_index(kHosts); }) {}

 private:
  Crowd crowd_;
};

}  // namespace

TEST_CASE("A child that is forked at any instant of a threaded parent has right answers, and new ones") {
  const InstalledStore store;
  store.replace_index(kHosts);
  const Replacing replacing(store);
  std::atomic<int> wrong{0};
  const Crowd readers(4, [&] {
    if (!answers_are_right()) ++wrong;
  });
  for (int i = 0; i < 150; ++i) {
    const int result = in_child([] {
      for (int n = 0; n < 100; ++n) {
        if (!answers_with("alpha", {10, 77, 1, 1}, 2)) return 1;
      }
      return 0;
    });
    CHECK(result == 0);
  }
  CHECK(wrong == 0);
}

TEST_CASE("A child of a child of a child, each forked during lookups, still sees what is new") {
  const InstalledStore store;
  store.replace_index(kHosts);
  const int result = in_child([&] {
    for (int generation = 0; generation < 8; ++generation) {
      const auto descend = [&](auto&& self, int depth) -> int {
        if (depth == 0) {
          store.replace_index({{"alpha", "10.77.9." + std::to_string(generation)}});
          return by_name("alpha").addresses == "10.77.9." + std::to_string(generation) ? 0 : 1;
        }
        by_name("alpha");
        return in_child([&] { return self(self, depth - 1); });
      };
      if (const int status = descend(descend, 6); status != 0) return status;
    }
    return 0;
  });
  CHECK(result == 0);
  CHECK(by_name("alpha").addresses == "10.77.9.7");
}

namespace {

std::atomic<int> g_lookups_that_ended{0};

void* look_up_with_cancellation_pending(void*) {
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, nullptr);
  pthread_cancel(pthread_self());
  pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, nullptr);
  if (answers_are_right()) ++g_lookups_that_ended;
  pthread_testcancel();
  return nullptr;
}

void* look_up_until_cancelled(void*) {
  for (;;) {
    if (!answers_are_right()) return nullptr;
    pthread_testcancel();
  }
}

bool was_cancelled(pthread_t thread) {
  void* result = nullptr;
  pthread_join(thread, &result);
  return result == PTHREAD_CANCELED;
}

}  // namespace

TEST_CASE("A lookup is not a cancellation point, whether it maps the file, checks it or finds it mapped") {
  const InstalledStore store;
  store.replace_index(kHosts);
  const auto run_thread = [] {
    g_lookups_that_ended = 0;
    pthread_t thread{};
    REQUIRE(pthread_create(&thread, nullptr, look_up_with_cancellation_pending, nullptr) == 0);
    CHECK(was_cancelled(thread));
    CHECK(g_lookups_that_ended == 1);
  };
  SUBCASE("maps") {
    store.replace_index();
  }
  SUBCASE("checks") {
    wait_for_next_check();
  }
  SUBCASE("finds it mapped") {
    by_name("alpha");
  }
  run_thread();
}

TEST_CASE("After storms of cancelled threads lookups go on, and nothing is left over") {
  const InstalledStore store;
  store.replace_index(kHosts);
  CHECK(answers_are_right());
  const std::string files = open_files();
  {
    const Replacing replacing(store);
    for (int storm = 0; storm < 60; ++storm) {
      pthread_t threads[5];
      for (pthread_t& thread : threads)
        REQUIRE(pthread_create(&thread, nullptr, look_up_until_cancelled, nullptr) == 0);
      for (const pthread_t thread : threads) pthread_cancel(thread);
      for (const pthread_t thread : threads) CHECK(was_cancelled(thread));
    }
    CHECK(answers_are_right());
  }
  CHECK(answers_are_right());
  CHECK(mapped_indexes() == 1);
  CHECK(open_files() == files);
}

TEST_CASE("No lookup leaves a file open") {
  const InstalledStore store;
  store.replace_index(kHosts);
  const std::string files = open_files();
  by_name("alpha");
  CHECK(open_files() == files);
  store.replace_index();
  by_name("alpha");
  CHECK(open_files() == files);
  wait_for_next_check();
  by_address("10.77.1.1");
  CHECK(open_files() == files);
  next_host();
  CHECK(open_files() == files);
}

TEST_CASE("A program that closes all files and uses their numbers again keeps its own, and its lookups") {
  const InstalledStore store;
  store.replace_index(kHosts);
  by_name("alpha");
  store.replace_index();
  const int result = in_child([] {
    ::closefrom(3);
    std::vector<int> own;
    for (int i = 0; i < 20; ++i) own.push_back(::open("/dev/zero", O_RDONLY));
    const std::string files = open_files();
    for (int i = 0; i < 4; ++i) {
      if (!answers_are_right()) return 1;
      if (open_files() != files) return 2;
      rename_copy_in_place();
      wait_for_next_check();
    }
    // These numbers are free, so the lookup's descriptor has the least of them.
    for (const int number : own) ::close(number);
    rename_copy_in_place();
    wait_for_next_check();
    if (!answers_are_right()) return 3;
    return ::open("/dev/zero", O_RDONLY) == own.front() ? 0 : 4;
  });
  CHECK(result == 0);
}

TEST_CASE(
    "A program that has run out of file descriptors goes on with the index that it has, and with the next "
    "source "
    "when that is replaced") {
  const InstalledStore store;
  store.replace_index(kHosts);
  CHECK(answers_are_right());
  const int result = in_child([&] {
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    const rlimit none{0, files.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
    if (!answers_are_right()) return 1;
    wait_for_next_check();
    if (!answers_are_right()) return 2;
    store.replace_index();
    if (!by_name("alpha").unavailable()) return 3;
    ::setrlimit(RLIMIT_NOFILE, &files);
    return answers_are_right() ? 0 : 4;
  });
  CHECK(result == 0);
}

TEST_CASE("A program that runs out of file descriptors before its first lookup goes to the next source") {
  remove_and_unmap_index();
  const InstalledStore store;
  store.replace_index(kHosts);
  const int result = in_child([] {
    const rlimit few{64, 64};
    ::setrlimit(RLIMIT_NOFILE, &few);
    while (::open("/dev/zero", O_RDONLY) >= 0) {
    }
    if (!by_name("alpha").unavailable()) return 1;
    ::close(63);
    return answers_are_right() ? 0 : 2;
  });
  CHECK(result == 0);
}
