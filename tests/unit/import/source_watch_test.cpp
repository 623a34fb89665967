#include "import/source_watch.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "tests/support/files.h"
#include "tests/support/no_descriptor_left.h"
#include "util/glob.h"

namespace leases::test {

namespace fs = std::filesystem;

namespace {

/// A directory in which one pattern is watched.
class Watched {
 public:
  explicit Watched(std::string_view pattern) : pattern_(directory_.path_of(pattern)) { renew(); }

  void renew() {
    watch_.begin();
    watch_.add(pattern_);
    watch_.end();
  }
  [[nodiscard]] std::string path_of(std::string_view name) const { return directory_.path_of(name); }
  void write(std::string_view name) const { write_file(path_of(name), "text"); }
  void make(std::string_view name) const { fs::create_directories(path_of(name)); }
  [[nodiscard]] bool has_change() const { return watch_.has_change(); }
  /// After what was made is watched, too.
  bool has_change_then_renew() {
    const bool changed = has_change();
    renew();
    return changed;
  }

 private:
  TemporaryDirectory directory_;
  std::string pattern_;
  SourceWatch watch_;
};

}  // namespace

TEST_SUITE_BEGIN("source_watch");

TEST_CASE("a file that is made, written, replaced, given away or removed has changed, and then has not") {
  const Watched watched("a.leases");
  CHECK_FALSE(watched.has_change());
  watched.write("a.leases");
  CHECK(watched.has_change());
  CHECK_FALSE(watched.has_change());
  watched.write("a.leases");
  CHECK(watched.has_change());
  REQUIRE(::truncate(watched.path_of("a.leases").c_str(), 0) == 0);
  CHECK(watched.has_change());
  watched.write("b");
  CHECK_FALSE(watched.has_change());
  fs::rename(watched.path_of("b"), watched.path_of("a.leases"));
  CHECK(watched.has_change());
  REQUIRE(::chmod(watched.path_of("a.leases").c_str(), 0) == 0);
  CHECK(watched.has_change());
  fs::remove(watched.path_of("a.leases"));
  CHECK(watched.has_change());
}

TEST_CASE("to read a file changes nothing, and neither do its neighbours") {
  Watched watched("*.leases");
  watched.write("a.leases");
  watched.renew();
  CHECK(read_file(watched.path_of("a.leases")) == "text");
  watched.write("a.leases.new");
  watched.write("leases");
  watched.write(".a.leases");
  CHECK_FALSE(watched.has_change());
  watched.write("b.leases");
  CHECK(watched.has_change());
}

TEST_CASE("directories may come one after the other") {
  Watched watched("lib/networks/*/dnsmasq.leases");
  watched.make("other");
  CHECK_FALSE(watched.has_change_then_renew());
  for (const char* directory : {"lib", "lib/networks", "lib/networks/red"}) {
    watched.make(directory);
    CHECK(watched.has_change_then_renew());
  }
  watched.write("lib/networks/red/dnsmasq.pid");
  CHECK_FALSE(watched.has_change());
  watched.write("lib/networks/red/dnsmasq.leases");
  CHECK(watched.has_change());
}

TEST_CASE("a directory that goes, or is made anew, has changed, and the new one is watched") {
  Watched watched("lib/*/x.leases");
  watched.make("lib/red");
  watched.renew();
  fs::rename(watched.path_of("lib"), watched.path_of("old"));
  CHECK(watched.has_change_then_renew());
  watched.make("lib/red");
  CHECK(watched.has_change_then_renew());
  watched.write("old/red/x.leases");
  CHECK_FALSE(watched.has_change());
  watched.write("lib/red/x.leases");
  CHECK(watched.has_change());
}

TEST_CASE("a directory behind a link may go and come again") {
  Watched watched("lib/*/x.leases");
  watched.make("lib");
  fs::create_directory_symlink("../disk/deep", watched.path_of("lib/red"));
  watched.renew();
  for (int i = 0; i < 2; ++i) {
    for (const char* directory : {"disk", "disk/deep"}) {
      watched.make(directory);
      CHECK(watched.has_change_then_renew());
    }
    watched.write("disk/deep/y.leases");
    watched.write("disk/x.leases");
    CHECK_FALSE(watched.has_change());
    watched.write("disk/deep/x.leases");
    CHECK(watched.has_change());
    fs::remove_all(watched.path_of("disk"));
    CHECK(watched.has_change_then_renew());
  }
}

TEST_CASE("what is made before it is watched is not missed") {
  Watched watched("lib/a.leases");
  watched.make("lib");
  watched.write("lib/a.leases");
  CHECK(watched.has_change_then_renew());
  watched.write("lib/a.leases");
  CHECK(watched.has_change());
}

TEST_CASE("two patterns in one directory, and slashes that mean nothing") {
  const TemporaryDirectory directory;
  SourceWatch watch;
  watch.begin();
  watch.add(directory.path() + "//*.status");
  watch.add('/' + directory.path_of("*.macs"));
  watch.end();
  for (const char* name : {"a.status", "a.macs"}) {
    write_file(directory.path_of(name), "");
    CHECK(watch.has_change());
  }
  write_file(directory.path_of("a.conf"), "");
  CHECK_FALSE(watch.has_change());
}

TEST_CASE("what is not added again is not watched") {
  const TemporaryDirectory directory;
  SourceWatch watch;
  watch.begin();
  watch.add(directory.path_of("a"));
  watch.end();
  watch.begin();
  watch.add(directory.path_of("b"));
  watch.end();
  write_file(directory.path_of("a"), "");
  CHECK_FALSE(watch.has_change());
  write_file(directory.path_of("b"), "");
  CHECK(watch.has_change());
}

TEST_CASE("what the system does not look at is told, and the rest is watched") {
  const TemporaryDirectory directory;
  for (const char* name : {"lib", "lib/red", "zed"}) fs::create_directory(directory.path_of(name));
  SourceWatch watch;
  const auto renew = [&] {
    watch.begin();
    for (const char* pattern : {"lib/*/x.leases", "zed/x.leases"}) watch.add(directory.path_of(pattern));
    watch.end();
  };
  {
    const NoDescriptorLeft limit;
    CHECK_THROWS_WITH_AS(renew(), doctest::Contains("lib/: cannot be listed: Too many open files"), Error);
  }
  CHECK_FALSE(watch.has_change());
  write_file(directory.path_of("zed/x.leases"), "text");
  CHECK(watch.has_change());
  fs::create_directory(directory.path_of("lib/blue"));
  CHECK(watch.has_change());
  renew();
  write_file(directory.path_of("lib/red/x.leases"), "text");
  CHECK(watch.has_change());
}

TEST_CASE("a path as a pattern stands for itself") {
  CHECK(as_pattern("/etc/nss-leases.conf") == "/etc/nss-leases.conf");
  Watched watched(as_pattern("[a]*?\\/x"));
  watched.make("[a]*?\\");
  CHECK(watched.has_change_then_renew());
  watched.write("[a]*?\\/x");
  CHECK(watched.has_change());
  watched.make("aXY");
  CHECK_FALSE(watched.has_change());
}

TEST_SUITE_END();

}  // namespace leases::test
