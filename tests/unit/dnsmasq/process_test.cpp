#include "dnsmasq/process.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace leases::test {

namespace {

/// A process with the command line of a dnsmasq that has these options.
class Child {
 public:
  explicit Child(std::vector<std::string> options) {
    std::vector<std::string> words{"sh", "-c", "kill -STOP $$", "dnsmasq"};
    words.insert(words.end(), options.begin(), options.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    REQUIRE(::posix_spawn(&id_, "/bin/sh", nullptr, nullptr, arguments.data(), environ) == 0);
    // It has no command line until the kernel has loaded the program; it stops itself after that.
    REQUIRE(::waitpid(id_, nullptr, WUNTRACED) == id_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }

  /// Ends it, and leaves it for its parent to wait for.
  void end() const {
    ::kill(id_, SIGKILL);
    siginfo_t info{};
    REQUIRE(::waitid(P_PID, static_cast<id_t>(id_), &info, WEXITED | WNOWAIT) == 0);
  }
  [[nodiscard]] pid_t id() const { return id_; }

 private:
  pid_t id_ = 0;
};

std::string key_of(const std::vector<std::string>& options) {
  return options_key(Child(options).id());
}

}  // namespace

TEST_SUITE_BEGIN("process");

TEST_CASE("a process is told apart by its id and its start") {
  const auto self = identity_of_process(::getpid());
  REQUIRE(self);
  CHECK(self->id == ::getpid());
  CHECK(is_running(*self));
  CHECK_FALSE(is_running({self->id, self->started + 1, self->boot}));
  CHECK_FALSE(is_running({self->id, self->started, "00000000-0000-0000-0000-000000000000"}));
  CHECK_FALSE(is_running({}));
}

TEST_CASE("a process that has ended is not running, even if nobody has waited for it") {
  const Child child({});
  const auto process = identity_of_process(child.id());
  REQUIRE(process);
  CHECK(is_running(*process));
  child.end();
  CHECK_FALSE(is_running(*process));
}

TEST_CASE("the key of a dnsmasq comes from the files that its command line names") {
  const std::string key = key_of({"--conf-file=/a"});
  CHECK(key.size() == 16);
  CHECK(key == key_of({"--conf-file=/a"}));
  CHECK(key == key_of({"--conf-file", "/a"}));
  CHECK(key == key_of({"-C", "/a"}));
  CHECK(key == key_of({"-C/a", "--port=0"}));
  CHECK(key != key_of({"--conf-file=/b"}));
  CHECK(key != key_of({"--pid-file=/a"}));
  CHECK(options_key(999'999'999).empty());
}

TEST_SUITE_END();

}  // namespace leases::test
