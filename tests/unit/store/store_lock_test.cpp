#include "store/store_lock.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "tests/support/files.h"
#include "util/error.h"

namespace leases::test {

namespace fs = std::filesystem;

namespace {

/// Another process, which has what it was given to do first, and nothing to do after that.
class Child {
 public:
  explicit Child(const std::function<void()>& first) {
    std::array<int, 2> ready{};
    REQUIRE(::pipe(ready.data()) == 0);
    process_ = ::fork();
    REQUIRE(process_ >= 0);
    if (process_ == 0) {
      ::close(ready[0]);
      hold(first, ready[1]);
    }
    ::close(ready[1]);
    char byte = 0;
    CHECK(::read(ready[0], &byte, 1) == 1);
    ::close(ready[0]);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  [[nodiscard]] pid_t process() const { return process_; }

 private:
  [[noreturn]] static void hold(const std::function<void()>& first, int ready) {
    ::alarm(60);
    first();
    if (::write(ready, "x", 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }

  pid_t process_ = -1;
};

class Place {
 public:
  Place() : directory_(Directory::open_or_create(place_.path_of("state"))) {}
  [[nodiscard]] Directory& directory() { return directory_; }
  [[nodiscard]] std::string lock() const { return directory_.path_of("lock"); }
  /// Holds the lock until it is killed.
  [[nodiscard]] std::function<void()> holding() {
    return [this] { static StoreLock held(directory_); };
  }

 private:
  TemporaryDirectory place_;
  Directory directory_;
};

std::string g_told;

LockWait waiting(std::optional<Deadline> until = {}) {
  g_told.clear();
  return {until, [](std::string_view line) { g_told.append(line).append("\n"); }};
}

bool is_held(Place& place) {
  // The holder's own lock is no obstacle to itself, and closing the file would end it.
  const pid_t other = ::fork();
  if (other == 0) {
    try {
      const StoreLock lock(place.directory(), {Deadline(std::chrono::seconds(0)), nullptr});
      ::_exit(0);
    } catch (const Error&) {
      ::_exit(1);
    }
  }
  int status = 0;
  REQUIRE(::waitpid(other, &status, 0) == other);
  return WEXITSTATUS(status) == 1;
}

mode_t mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

}  // namespace

TEST_SUITE_BEGIN("store_lock");

TEST_CASE("what is not a plain file is no lock") {
  for (const bool is_fifo : {true, false}) {
    CAPTURE(is_fifo);
    Place place;
    if (is_fifo) {
      REQUIRE(::mkfifo(place.lock().c_str(), 0600) == 0);
    } else {
      fs::create_directory(place.lock());
    }
    CHECK_THROWS_AS(StoreLock{place.directory()}, Error);
    CHECK(fs::exists(place.lock()));
  }
}

TEST_CASE("one process holds it, until the object ends or the process is killed") {
  Place place;
  {
    const StoreLock lock(place.directory());
    CHECK(is_held(place));
  }
  CHECK_FALSE(is_held(place));
  {
    const Child other(place.holding());
    CHECK(is_held(place));
  }
  CHECK_FALSE(is_held(place));
}

TEST_CASE("nobody else can open it, whatever it was before") {
  Place place;
  for (const mode_t before : {0600U, 0644U, 0666U}) {
    CAPTURE(before);
    { const StoreLock lock(place.directory()); }
    CHECK(mode_of(place.lock()) == 0600);
    REQUIRE(::chmod(place.lock().c_str(), before) == 0);
  }
}

TEST_CASE("who waits for longer than a second is told once who holds it, and how to end that") {
  Place place;
  std::optional<Child> other(place.holding());
  REQUIRE(::kill(other->process(), SIGSTOP) == 0);
  const std::string process = std::to_string(other->process());
  const std::string wanted = place.lock() + ": waiting for it: process " + process +
                             " (unit_store) holds it; let that go on (kill -CONT " + process +
                             ") or end it (kill -KILL " + process + ")\n";
  const Child waits([&] {
    const pid_t holder = other->process();
    LockWait wait = waiting();
    wait.tell = [holder, tell = wait.tell](std::string_view line) {
      tell(line);
      // Ends the holder some seconds later: there is time to be told again.
      if (::fork() == 0) {
        ::sleep(2);
        ::kill(holder, SIGKILL);
        ::_exit(0);
      }
    };
    const StoreLock lock(place.directory(), wait);
    if (g_told != wanted) ::_exit(1);
  });
}

TEST_CASE("who does not want to wait for ever is told who holds it, too") {
  Place place;
  const Child other(place.holding());
  std::string problem;
  try {
    const StoreLock lock(place.directory(), waiting(Deadline(std::chrono::seconds(5))));
  } catch (const Error& error) {
    problem = error.what();
  }
  CHECK(problem.starts_with(place.lock() + ": gave up waiting for it: process " +
                            std::to_string(other.process()) + " (unit_store) holds it; "));
  CHECK(g_told.starts_with(place.lock() + ": waiting for it: "));
}

TEST_CASE("a lock that is removed while somebody waits for it is not the lock any more") {
  Place place;
  const Child other(place.holding());
  std::string removed;
  SUBCASE("the file") {
    removed = place.lock();
  }
  SUBCASE("the directory") {
    removed = place.directory().path();
  }
  const Child waits([&] {
    if (::fork() == 0) {
      ::usleep(100'000);
      fs::remove_all(removed);
      ::kill(other.process(), SIGKILL);
      ::_exit(0);
    }
    static StoreLock held(place.directory());
  });
  CHECK(fs::exists(place.lock()));
  CHECK(is_held(place));
}

TEST_SUITE_END();

}  // namespace leases::test
