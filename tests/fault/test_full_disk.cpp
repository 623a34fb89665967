/// File systems that are full or read-only, and limits on files: real ones.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "paths.h"
#include "tests/fault/tracee.h"
#include "tests/fault/world.h"
#include "tests/support/children.h"
#include "tests/support/files.h"
#include "tests/support/lookup.h"

using namespace leases::test;
using leases::paths::kRuntimeDirectory;
using leases::paths::kStateDirectory;
namespace fs = std::filesystem;

namespace {

const std::vector<Host> kHosts{{"steady", "10.77.1.1"}, {"steady", "fd00:77::1"}};
const Host kFresh{"fresh", "10.77.1.20"};

std::vector<Host> with_fresh() {
  return {kHosts[0], kHosts[1], kFresh};
}

void make_read_only(const std::string& mount_point, bool read_only) {
  REQUIRE(::mount(nullptr, mount_point.c_str(), nullptr,
                  MS_REMOUNT | MS_BIND | (read_only ? MS_RDONLY + 0UL : 0UL), nullptr) == 0);
}

/// A file system at a directory of the store, for as long as this object lives.
class Mounted {
 public:
  Mounted(const char* directory, const char* options) : directory_(directory) {
    fs::remove_all(directory_);
    fs::create_directories(directory_);
    REQUIRE(::mount("tmpfs", directory, "tmpfs", 0, options) == 0);
  }
  Mounted(const Mounted&) = delete;
  Mounted& operator=(const Mounted&) = delete;
  ~Mounted() { ::umount2(directory_.c_str(), MNT_DETACH); }

  /// Uses up all the space that is left.
  void fill() const {
    const int file = ::open((directory_ + "/filling").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    const std::string piece(4096, 'x');
    while (::write(file, piece.data(), piece.size()) > 0) {
    }
    ::close(file);
  }
  void make_room() const { fs::remove(directory_ + "/filling"); }

 private:
  std::string directory_;
};

void check_refused(const Call& call, const std::string& reason) {
  const Finished refused = run(call);
  CAPTURE(refused.output);
  CHECK(refused.status == 1);
  CHECK(std::ranges::count(refused.output, '\n') == 1);
  CHECK(refused.output.find(reason) != std::string::npos);
  CHECK(state_of_status_files() == state_of(kHosts));
  CHECK(by_name("steady").addresses == "fd00:77::1 10.77.1.1");
}

void check_accepted(const Call& call) {
  const Finished accepted = run(call);
  CHECK(accepted.output == "");
  CHECK(accepted.status == 0);
  CHECK(state_of_status_files() == state_of(with_fresh()));
  CHECK(state_of_index() == state_of(with_fresh()));
  CHECK(by_name("fresh").addresses == kFresh.address);
}

/// A fault in the runtime directory costs only the index: the lease is kept, one line says what to do, and
/// dnsmasq is given what it is to be given.
void check_kept(const Call& call, const std::string& reason) {
  const Finished kept = run(call);
  CAPTURE(kept.output);
  CHECK(kept.status == 0);
  CHECK(std::ranges::count(kept.output, '\n') == 1);
  CHECK(kept.output.find(reason) != std::string::npos);
  CHECK(kept.output.find("leases are kept all the same, and names follow then, at the next event or by: "
                         "leasectl rebuild") != std::string::npos);
  CHECK(state_of_status_files() == state_of(with_fresh()));
  const Finished stream = run(init());
  CAPTURE(stream.output);
  CHECK(stream.status == 0);
  CHECK(stream.output.find(" 10.77.1.20 fresh *\n") != std::string::npos);
  CHECK(stream.output.find(" 10.77.1.1 steady *\n") != std::string::npos);
}

void check_follows() {
  SUBCASE("at the next event") {
    CHECK(run(add(kHosts[0])).output == "");
  }
  SUBCASE("by rebuild") {
    CHECK(run(rebuild()).status == 0);
  }
  CHECK(state_of_index() == state_of(with_fresh()));
  wait_for_next_check();
  CHECK(by_name("fresh").addresses == kFresh.address);
}

}  // namespace

TEST_CASE(
    "A full file system under the status files: an error that says so, and the next call after there is room "
    "again") {
  const Mounted mounted(kStateDirectory, "size=64k,mode=755");
  fs::remove_all(kRuntimeDirectory);
  for (const Host& host : kHosts) REQUIRE(run(add(host)).status == 0);
  mounted.fill();
  check_refused(add(kFresh), "No space left on device");
  mounted.make_room();
  check_accepted(add(kFresh));
}

TEST_CASE("A full file system under the index: a change that fits into the index that there is") {
  const Mounted mounted(kRuntimeDirectory, "size=1m,mode=755");
  make_world(kHosts);
  mounted.fill();
  check_accepted(add(kFresh));
}

TEST_CASE("A full file system under the index, which is gone: the event is kept") {
  const Mounted mounted(kRuntimeDirectory, "size=1m,mode=755");
  make_world(kHosts);
  fs::remove(leases::paths::kIndex);
  mounted.fill();
  check_kept(add(kFresh), "No space left on device; make room on that file system");
  mounted.make_room();
  check_follows();
}

TEST_CASE("No inode for an index: the event is kept") {
  make_world(kHosts);
  std::optional<Mounted> mounted(std::in_place, kRuntimeDirectory, "size=1m,nr_inodes=1,mode=755");
  check_kept(add(kFresh), "No space left on device; make room on that file system");
  mounted.reset();
  check_follows();
}

TEST_CASE("Something else is where the runtime directory should be: the event is kept") {
  make_world(kHosts);
  fs::remove_all(kRuntimeDirectory);
  SUBCASE("a file") {
    write_file(kRuntimeDirectory, "");
    check_kept(add(kFresh), "Not a directory; move away what is there");
  }
  SUBCASE("a link to nothing") {
    fs::create_symlink("/nowhere/at-all", kRuntimeDirectory);
    check_kept(add(kFresh), "No such file or directory; create that directory");
  }
  SUBCASE("a directory that anybody can write") {
    fs::create_directory(kRuntimeDirectory);
    fs::permissions(kRuntimeDirectory, fs::perms::all);
    check_kept(add(kFresh), "make it a directory that only its owner can write");
  }
  SUBCASE("another user's directory") {
    fs::create_directory(kRuntimeDirectory);
    REQUIRE(::chown(kRuntimeDirectory, 4242, 4242) == 0);
    check_kept(add(kFresh), "Permission denied; let the user that dnsmasq runs the helper as");
  }
  fs::remove_all(kRuntimeDirectory);
  CHECK(run(add(kHosts[0])).output == "");
  CHECK(state_of_index() == state_of(with_fresh()));
}

TEST_CASE("A directory that is not there and cannot be made: the event is kept") {
  make_world(kHosts);
  fs::remove_all(kRuntimeDirectory);
  make_read_only("/run", true);
  check_kept(add(kFresh), "Read-only file system; make that file system writable");
  make_read_only("/run", false);
  check_follows();
}

TEST_CASE("With no room for a new index the old one goes on") {
  const Mounted mounted(kRuntimeDirectory, "size=1m,mode=755");
  make_world(kHosts);
  mounted.fill();
  Finished last{};
  // Until the room for changes is used up.
  for (int i = 0; i < 100 && last.output.empty(); ++i)
    last = run(add({"filling-" + std::to_string(i), "10.77.3." + std::to_string(i)}));
  CAPTURE(last.output);
  CHECK(last.status == 0);
  CHECK(std::ranges::count(last.output, '\n') == 1);
  CHECK(last.output.find("No space left on device") != std::string::npos);
  CHECK(state_of_status_files().find("filling-2") != std::string::npos);
  CHECK(by_name("steady").addresses == "fd00:77::1 10.77.1.1");
  mounted.make_room();
  CHECK(run(add(kFresh)).status == 0);
  CHECK(by_name("fresh").addresses == kFresh.address);
  CHECK(state_of_index() == state_of_status_files());
}

TEST_CASE("A read-only file system under the status files") {
  fs::remove_all(kStateDirectory);
  fs::remove_all(kRuntimeDirectory);
  const Mounted mounted(kStateDirectory, "mode=755");
  for (const Host& host : kHosts) REQUIRE(run(add(host)).status == 0);
  make_read_only(kStateDirectory, true);
  check_refused(add(kFresh), "Read-only file system");
  SUBCASE("the index goes on") {}
  SUBCASE("the index can be made from them") {
    fs::remove(leases::paths::kIndex);
    CHECK(run(rebuild()).status == 0);
    CHECK(state_of_index() == state_of(kHosts));
    wait_for_next_check();
  }
  make_read_only(kStateDirectory, false);
  check_accepted(add(kFresh));
}

TEST_CASE("A read-only file system under the index: the event is in the status file") {
  fs::remove_all(kStateDirectory);
  fs::remove_all(kRuntimeDirectory);
  const Mounted mounted(kRuntimeDirectory, "mode=755");
  for (const Host& host : kHosts) REQUIRE(run(add(host)).status == 0);
  make_read_only(kRuntimeDirectory, true);
  check_kept(add(kFresh), "Read-only file system; make that file system writable");
  CHECK(by_name("steady").addresses == "fd00:77::1 10.77.1.1");
  make_read_only(kRuntimeDirectory, false);
  check_follows();
}

TEST_CASE("A limit on the size of files is an error like a full disk, not a signal") {
  make_world(kHosts);
  const std::string limited = "ulimit -f 0; exec \"$0\" \"$@\"";
  Call call = add(kFresh);
  call.command.insert(call.command.begin(), {"/bin/sh", "-c", limited});
  check_refused(call, "File too large");
  check_accepted(add(kFresh));
}

TEST_CASE("A limit on open files is an error") {
  make_world(kHosts);
  for (const int files : {3, 4, 5, 6, 7}) {
    CAPTURE(files);
    Call call = add(kFresh);
    call.command.insert(call.command.begin(),
                        {"/bin/sh", "-c", "ulimit -n " + std::to_string(files) + "; exec \"$0\" \"$@\""});
    const Finished finished = run(call);
    CAPTURE(finished.output);
    const bool told =
        finished.status == 1 && finished.output.find("Too many open files") != std::string::npos;
    CHECK((told || state_of_index() == state_of(with_fresh())));
    CHECK(by_name("steady").addresses == "fd00:77::1 10.77.1.1");
  }
  check_accepted(add(kFresh));
}

TEST_CASE(
    "A helper that is started with its standard files closed does not write its complaints into the "
    "store's") {
  make_world(kHosts);
  Call call = add(kFresh);
  call.command.insert(call.command.begin(), {"/bin/sh", "-c", "exec \"$0\" \"$@\" <&- >&- 2>&-"});
  SUBCASE("all is well") {}
  SUBCASE("there is something to complain of") {
    write_file(std::string(kStateDirectory) + "/br0.status", "[\n");
    fs::remove(leases::paths::kIndex);
    run(call);
    CHECK(state_of_status_files() == state_of({kFresh}));
    CHECK(state_of_index() == state_of({kFresh}));
    return;
  }
  run(call);
  check_accepted(add(kFresh));
}
