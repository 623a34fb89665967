#include <poll.h>
#include <sys/wait.h>

#include "cli/output/time_text.h"
#include "tests/unit/cli/verb_fixture.h"

namespace leases::cli::test {

using namespace leases::test;

namespace {

/// `leasectl watch` in a process of its own. It ends when nobody reads its output.
class Watch {
 public:
  Watch(const StoreFixture& store, const std::vector<std::string>& arguments) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::close(ends[0]);
      ::close(ends[1]);
      CommandLine line("help", "1");
      const Verb verb = watch_verb(line.leasectl());
      if (line.parse(arguments)) ::_exit(kUsage);
      ::_exit(verb.run({store.settings(), 022}));
    }
    ::close(ends[1]);
    output_ = FileDescriptor(ends[0]);
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch() {
    if (child_ > 0) end();
  }

  /// The next line, after `change` was made: again and again until it is seen, since nothing says when the
  /// watch has begun.
  std::string line_after(const std::function<void(int)>& change) {
    std::string line;
    for (int attempt = 0; attempt < 600 && !line.ends_with('\n'); ++attempt) {
      change(attempt);
      pollfd file{output_.number(), POLLIN, 0};
      while (!line.ends_with('\n') && ::poll(&file, 1, 100) == 1) {
        char c = 0;
        if (::read(output_.number(), &c, 1) != 1) return line;
        line += c;
      }
    }
    return line;
  }
  /// Its exit code, once nobody reads.
  int end() {
    output_ = FileDescriptor(-1);
    int status = 0;
    ::waitpid(child_, &status, 0);
    child_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t child_ = 0;
  FileDescriptor output_{-1};
};

OwnedLease renewed(int attempt) {
  OwnedLease lease = full_v4();
  lease.expiry += static_cast<std::uint64_t>(attempt);
  return lease;
}

}  // namespace

TEST_SUITE_BEGIN("watch");

TEST_CASE("a change is a line as it happens, and the end of the reader is the end of the watch") {
  const StoreFixture store;
  Watch watch(store, {"watch"});
  const std::string line = watch.line_after(
      [&](int attempt) { StoreTransaction(store.settings()).put(renewed(attempt).lease()); });
  CAPTURE(line);
  CHECK(line.find("  br0  10.77.1.196  Alpha  02:00:00:00:00:01  until ") != std::string::npos);
  CHECK(watch.end() == kFound);
}

TEST_CASE("--json prints an object for each change") {
  const StoreFixture store;
  StoreTransaction(store.settings()).put(full_v4().lease());
  Watch watch(store, {"watch", "--json"});
  const std::string line = watch.line_after(
      [&](int attempt) { StoreTransaction(store.settings()).put(renewed(attempt + 1).lease()); });
  CAPTURE(line);
  CHECK(line.starts_with("{\"change\":\"renewed\",\"time\":"));
  CHECK(line.find("\"previous\":{\"network\":\"br0\"") != std::string::npos);
  CHECK(watch.end() == kFound);
}

TEST_CASE("--format and --columns print what they name of the change and its lease") {
  const std::vector<std::pair<std::string, std::string>> forms{
      {"--format={change} {name}\\t{ip-address}", "renewed Alpha\t10.77.1.196\n"},
      {"--columns=hostname,change,guest", "Alpha  renewed  -\n"}};
  for (const auto& form : forms) {
    const StoreFixture store;
    StoreTransaction(store.settings()).put(full_v4().lease());
    Watch watch(store, {"watch", form.first});
    const std::string line = watch.line_after(
        [&](int attempt) { StoreTransaction(store.settings()).put(renewed(attempt + 1).lease()); });
    CHECK(line == form.second);
  }
}

TEST_CASE("changes of leases that are not selected are left out, but not those that leave the selection") {
  const StoreFixture store;
  OwnedLease other = full_v4();
  other.address = ip("10.77.1.197");
  other.hostname = "beta";
  StoreTransaction(store.settings()).put(full_v4().lease());
  Watch watch(store, {"watch", "--match", "alpha", "--format={change} {name}"});
  const std::string line = watch.line_after([&](int attempt) {
    other.expiry += static_cast<std::uint64_t>(attempt);
    StoreTransaction(store.settings()).put(other.lease());
    StoreTransaction(store.settings()).put(renewed(attempt + 1).lease());
  });
  CHECK(line == "renewed Alpha\n");
  OwnedLease gamma = renewed(1000);
  gamma.hostname = "gamma";
  std::string next = line;
  while (next == line)
    next = watch.line_after([&](int) { StoreTransaction(store.settings()).put(gamma.lease()); });
  CHECK(next == "renamed gamma\n");
}

TEST_SUITE_END();

}  // namespace leases::cli::test
