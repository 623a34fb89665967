#include "import/source_rest.h"

#include <doctest/doctest.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <functional>
#include <string>
#include <thread>

#include "store/file_stamp.h"
#include "tests/support/files.h"
#include "util/file.h"

namespace leases::test {

namespace {

using std::chrono::milliseconds;

/// A file that was written just now.
class Written {
 public:
  Written() { write(); }
  void write() {
    write_file(path_, "text");
    struct stat status {};
    REQUIRE(::stat(path_.c_str(), &status) == 0);
    stamp_ = stamp_of(status);
    // The next write must have another stamp.
    std::this_thread::sleep_for(milliseconds(20));
  }
  [[nodiscard]] bool rests(SourceRest& rest) const {
    rest.look_at_writers();
    return rest.rests({kind, "lan", path_}, stamp_);
  }
  /// Within a time that is long for any machine; dnsmasqs that are not ours may be at work.
  [[nodiscard]] bool will_rest(SourceRest& rest) const {
    for (int i = 0; i < 1500; ++i) {
      if (rests(rest)) return true;
      std::this_thread::sleep_for(milliseconds(20));
    }
    return false;
  }
  /// Even when the moment is over for long.
  [[nodiscard]] bool never_rests(SourceRest& rest) const {
    for (int i = 0; i < 75; ++i) {
      if (rests(rest)) return false;
      std::this_thread::sleep_for(milliseconds(20));
    }
    return true;
  }

  SourceKind kind = SourceKind::dnsmasq_leases;

 private:
  TemporaryDirectory place_;
  std::string path_ = place_.path_of("x.leases");
  layout::FileStamp stamp_{};
};

/// A process that is called dnsmasq.
class Dnsmasq {
 public:
  explicit Dnsmasq(const std::function<void()>& work) : number_(::fork()) {
    if (number_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::prctl(PR_SET_NAME, "dnsmasq");
      work();
      ::_exit(0);
    }
    REQUIRE(number_ > 0);
  }
  Dnsmasq(const Dnsmasq&) = delete;
  Dnsmasq& operator=(const Dnsmasq&) = delete;
  ~Dnsmasq() {
    ::kill(number_, SIGKILL);
    ::waitpid(number_, nullptr, 0);
  }
  void stop() const {
    ::kill(number_, SIGSTOP);
    int status = 0;
    REQUIRE(::waitpid(number_, &status, WUNTRACED) == number_);
  }
  void go_on() const { ::kill(number_, SIGCONT); }
  [[nodiscard]] char state() const {
    for (const DnsmasqProcess& process : dnsmasq_processes()) {
      if (process.number == number_) return process.state;
    }
    return '\0';
  }
  [[nodiscard]] bool will_be(char state) const {
    for (int i = 0; i < 6000 && this->state() != state; ++i) std::this_thread::sleep_for(milliseconds(10));
    return this->state() == state;
  }

 private:
  pid_t number_;
};

void sleep_for_ever() {
  for (;;) ::pause();
}

void run_for_ever() {
  for (std::atomic<unsigned> i = 0;;) ++i;
}

}  // namespace

TEST_SUITE_BEGIN("source_rest");

TEST_CASE("what was written just now does not rest, and after a moment does") {
  Written file;
  SourceRest rest;
  CHECK_FALSE(file.rests(rest));
  CHECK(file.will_rest(rest));
  file.write();
  CHECK_FALSE(file.rests(rest));
  CHECK(file.will_rest(rest));
}

TEST_CASE("while a dnsmasq is stopped nothing rests, however long that takes") {
  const Dnsmasq dnsmasq(sleep_for_ever);
  REQUIRE(dnsmasq.will_be('S'));
  dnsmasq.stop();
  const Written file;
  SourceRest rest;
  CHECK(file.never_rests(rest));
  dnsmasq.go_on();
  REQUIRE(dnsmasq.will_be('S'));
  CHECK(file.will_rest(rest));
}

TEST_CASE("what dnsmasq does not write does not wait for it") {
  const Dnsmasq dnsmasq(sleep_for_ever);
  REQUIRE(dnsmasq.will_be('S'));
  dnsmasq.stop();
  Written file;
  for (const SourceKind kind : {SourceKind::libvirt_status, SourceKind::mac_map, SourceKind::dhcp_hosts}) {
    file.kind = kind;
    SourceRest rest;
    CHECK_FALSE(file.rests(rest));
    CHECK(file.will_rest(rest));
    file.write();
  }
}

TEST_CASE("a dnsmasq that was at rest since the file is as it is may be stopped") {
  const Written file;
  SourceRest rest;
  const Dnsmasq dnsmasq(sleep_for_ever);
  REQUIRE(dnsmasq.will_be('S'));
  CHECK_FALSE(file.rests(rest));
  dnsmasq.stop();
  CHECK(file.will_rest(rest));
}

TEST_CASE("a dnsmasq that runs all the time has written what it had to") {
  const Dnsmasq dnsmasq(run_for_ever);
  REQUIRE(dnsmasq.will_be('R'));
  const Written file;
  SourceRest rest;
  CHECK(file.will_rest(rest));
}

TEST_SUITE_END();

}  // namespace leases::test
