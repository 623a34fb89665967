#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "tests/unit/cli/verb_fixture.h"

namespace leases::cli::test {

using namespace leases::test;

namespace {

/// Sets an environment variable as long as this object lives.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    ::setenv(name, value.c_str(), 1);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() {
    if (before_) {
      ::setenv(name_, before_->c_str(), 1);
    } else {
      ::unsetenv(name_);
    }
  }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

OwnedLease web(const std::string& hardware) {
  OwnedLease lease = lease_of("br0", "10.0.0.1", "web");
  lease.hardware = mac(hardware);
  return lease;
}

/// The home of a user, and an ssh-keygen that finds keys of "web" in any file and notes what it is told.
class Home {
 public:
  Home() {
    std::filesystem::create_directories(place_.path_of("bin"));
    std::filesystem::create_directories(place_.path_of(".ssh"));
    write_file(known(), "");
    write_file(place_.path_of("bin/ssh-keygen"),
               "#!/bin/sh\n"
               "echo \"$1 $2\" >> " +
                   place_.path_of("asked") +
                   "\n"
                   "test \"$2\" = web || exit 1\n"
                   "test \"$1\" = -F && cat " +
                   place_.path_of("found") +
                   "\n"
                   "exit 0\n");
    ::chmod(place_.path_of("bin/ssh-keygen").c_str(), 0755);
    find("# Host web found: line 1\nweb ssh-ed25519 AAAA\n");
  }
  void find(const std::string& lines) const { write_file(place_.path_of("found"), lines); }
  [[nodiscard]] std::string known() const { return place_.path_of(".ssh/known_hosts"); }
  [[nodiscard]] std::string asked() const { return read_file(place_.path_of("asked")); }
  /// `leasectl known-hosts ARGUMENTS` where web is the machine with this hardware address.
  [[nodiscard]] Called run(const std::string& hardware,
                           const std::vector<std::string>& arguments = {}) const {
    const IndexFixture store({web(hardware)});
    std::vector<std::string> words{"known-hosts"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return called(known_hosts_verb, store.settings(), words);
  }

 private:
  TemporaryDirectory place_;
  Variable home_{"HOME", place_.path()};
  Variable state_{"XDG_STATE_HOME", ""};
  Variable path_{"PATH", place_.path_of("bin") + ':' + std::getenv("PATH")};
};

const std::string kFirst = "02:00:00:00:00:01";
const std::string kSecond = "02:00:00:00:00:02";

}  // namespace

TEST_SUITE_BEGIN("known_hosts");

TEST_CASE("the first run remembers, and a later one removes the keys of what changed hands") {
  const Home home;
  const Called first = home.run(kFirst);
  CHECK(first.code == kFound);
  CHECK(first.output.empty());
  CHECK(first.errors ==
        "nss-leases: nothing is remembered yet of who had which address; it will be from now on\n");
  const Called again = home.run(kFirst);
  CHECK(again.output.empty());
  CHECK(again.errors.empty());
  const Called changed = home.run(kSecond);
  CHECK(changed.code == kFound);
  CHECK(changed.output == "web removed from " + home.known() + '\n');
  CHECK(home.asked() == "-F 10.0.0.1\n-F web\n-R web\n-F web.br0\n");
  CHECK(home.run(kSecond).output.empty());
}

TEST_CASE("--print shows the keys and changes nothing") {
  const Home home;
  CHECK(home.run(kFirst, {"--print"}).errors ==
        "nss-leases: nothing is remembered yet of who had which address; run this once without --print\n");
  (void)home.run(kFirst);
  for (int i = 0; i < 2; ++i) {
    CHECK(home.run(kSecond, {"--print"}).output == "# Host web found: line 1\nweb ssh-ed25519 AAAA\n");
  }
  CHECK(home.asked().find("-R") == std::string::npos);
}

TEST_CASE("a pattern of hosts is kept") {
  const Home home;
  (void)home.run(kFirst);
  home.find("web,*.lab ssh-ed25519 AAAA\n");
  const Called kept = home.run(kSecond, {"--json"});
  CHECK(kept.output == "{\"host\":\"web\",\"file\":\"" + home.known() +
                           "\",\"outcome\":\"pattern\",\"keys\":[\"web,*.lab ssh-ed25519 AAAA\"]}\n");
  CHECK(kept.errors == "nss-leases: " + home.known() +
                           ": web is there by a pattern, which was kept; remove it by hand if need be\n");
  CHECK(home.asked().find("-R") == std::string::npos);
}

TEST_CASE("a file that was named must exist") {
  const Home home;
  (void)home.run(kFirst);
  CHECK(error_of([&] {
          (void)home.run(kSecond, {"--file", "/nowhere/known"});
        }) == "/nowhere/known: does not exist; name a known_hosts file");
  CHECK(home.run(kSecond, {"--file", home.known()}).output == "web removed from " + home.known() + '\n');
}

TEST_SUITE_END();

}  // namespace leases::cli::test
