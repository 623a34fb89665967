#include "util/output_file.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string>
#include <tuple>

#include "tests/support/files.h"
#include "util/error.h"

namespace leases::test {

namespace {

namespace fs = std::filesystem;

constexpr uid_t kStranger = 12345;

void give_away(const fs::path& path) {
  REQUIRE(::lchown(path.c_str(), kStranger, kStranger) == 0);
}

/// Exchanges two names, again and again, as long as it exists.
class Exchange {
 public:
  Exchange(const fs::path& one, const fs::path& other) {
    const auto exchange = [&] {
      return ::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE);
    };
    // Not every file system can.
    REQUIRE(exchange() == 0);
    process_ = ::fork();
    if (process_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) std::ignore = exchange();
  }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  ~Exchange() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }

 private:
  pid_t process_ = -1;
};

}  // namespace

TEST_SUITE_BEGIN("output_file");

TEST_CASE("a file has the time that it is given") {
  const TemporaryDirectory place;
  replace_file(place.path_of("file"), "text", 0644, EpochSeconds{2'000'000'000});
  struct stat status {};
  REQUIRE(::stat(place.path_of("file").c_str(), &status) == 0);
  CHECK(status.st_mtim.tv_sec == 2'000'000'000);
  CHECK(status.st_mtim.tv_nsec == 0);
}

TEST_CASE("a file keeps its mode, a new one gets what was asked for, and nothing else is left") {
  const TemporaryDirectory place;
  const std::string path = place.path_of("hosts");
  replace_file(path, "one", 0640);
  CHECK(read_file(path) == "one");
  CHECK((fs::status(path).permissions() & fs::perms::mask) == fs::perms(0640));
  ::chmod(path.c_str(), 0604);
  replace_file(path, "two", 0640);
  CHECK(read_file(path) == "two");
  CHECK((fs::status(path).permissions() & fs::perms::mask) == fs::perms(0604));
  CHECK(std::distance(fs::directory_iterator(place.path()), fs::directory_iterator()) == 1);
}

TEST_CASE("links are followed, also upwards and to nothing, but not for ever") {
  const TemporaryDirectory place;
  fs::create_directories(place.path_of("a/b"));
  fs::create_symlink("../../c", place.path_of("a/b/up"));
  fs::create_directory(place.path_of("c"));
  fs::create_symlink("./nothing", place.path_of("c/end"));
  replace_file(place.path_of("a/b/up/end"), "text", 0644);
  CHECK(read_file(place.path_of("c/nothing")) == "text");
  CHECK(fs::is_symlink(place.path_of("c/end")));
  fs::create_symlink(place.path_of("loop"), place.path_of("loop"));
  CHECK_THROWS_AS(replace_file(place.path_of("loop"), "text", 0644), Error);
  CHECK_THROWS_AS(replace_file(place.path_of("c/"), "text", 0644), Error);
  CHECK_THROWS_AS(replace_file(place.path_of("none/file"), "text", 0644), Error);
  CHECK_THROWS_AS(replace_file("/dev/null", "text", 0644), Error);
}

TEST_CASE("what another user puts in place of a directory while it is looked at is not followed") {
  if (::geteuid() != 0) return;  // cannot give files away
  const TemporaryDirectory place;
  const fs::path way = place.path_of("way");
  const fs::path link = place.path_of("link");
  const fs::path elsewhere = place.path_of("elsewhere");
  fs::create_directory(elsewhere);
  fs::create_directory(way);
  fs::create_symlink(elsewhere, link);
  give_away(way);
  give_away(link);
  const Exchange exchange(way, link);
  constexpr int kAttempts = 5000;
  for (int i = 0; i < kAttempts && fs::is_empty(elsewhere); ++i) {
    try {
      replace_file(way / "hosts", "text", 0644);
    } catch (const Error&) {
      continue;  // it was the link
    }
  }
  CHECK(fs::is_empty(elsewhere));
}

TEST_SUITE_END();

}  // namespace leases::test
