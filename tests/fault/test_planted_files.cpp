/// dhcp-scriptuser, which owns the directories, plants things there that root's helper could trip over.
/// Nothing outside is read, written, created or given away, and nothing waits for a FIFO's other end.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "common/index_layout.h"
#include "paths.h"
#include "tests/fault/tracee.h"
#include "tests/fault/world.h"
#include "tests/support/children.h"
#include "tests/support/files.h"
#include "tests/support/lookup.h"
#include "tests/support/sandbox.h"

using namespace leases::test;
using leases::paths::kIndex;
using leases::paths::kRuntimeDirectory;
using leases::paths::kStateDirectory;
namespace fs = std::filesystem;

namespace {

constexpr uid_t kScriptUser = 4242;

/// A directory that does not concern the user, on the same file system, so that a file in it can get another
/// name.
std::string outside_of(const fs::path& path) {
  return path.parent_path().parent_path() / "outside";
}
std::string victim_of(const fs::path& path) {
  return outside_of(path) + "/victim";
}

const std::vector<std::string> kNames{
    std::string(kStateDirectory) + "/br0.status",       std::string(kStateDirectory) + "/.br0.status.new",
    std::string(kStateDirectory) + "/unknown.status",   std::string(kRuntimeDirectory) + "/hosts.idx",
    std::string(kRuntimeDirectory) + "/.hosts.idx.new", std::string(kStateDirectory) + "/lock"};

struct Plant {
  const char* text;
  void (*put)(const char* path);
};

const std::vector<Plant> kPlants{
    {"a link to a file", [](const char* path) { fs::create_symlink(victim_of(path), path); }},
    {"a link to where nothing is yet",
     [](const char* path) { fs::create_symlink(outside_of(path) + "/nowhere", path); }},
    {"a link to a directory", [](const char* path) { fs::create_symlink(outside_of(path), path); }},
    {"another name of root's file", [](const char* path) { fs::create_hard_link(victim_of(path), path); }},
    {"a FIFO", [](const char* path) { REQUIRE(::mkfifo(path, 0666) == 0); }},
    {"a device", [](const char* path) { REQUIRE(::mknod(path, S_IFCHR | 0666, 0x0103) == 0); }},
    {"a directory", [](const char* path) { fs::create_directory(path); }},
    {"a directory with something in it",
     [](const char* path) { fs::create_directories(std::string(path) + "/inside"); }},
};

void make_outside(const fs::path& path) {
  fs::remove_all(outside_of(path));
  fs::create_directory(outside_of(path));
  write_file(victim_of(path), "root's own\n");
  REQUIRE(::chmod(victim_of(path).c_str(), 0640) == 0);
}

void give_directories_to(uid_t owner) {
  for (const char* directory : {kStateDirectory, kRuntimeDirectory}) {
    REQUIRE(::chown(directory, owner, owner) == 0);
    for (const auto& entry : fs::directory_iterator(directory))
      REQUIRE(::lchown(entry.path().c_str(), owner, owner) == 0);
  }
}

void check_outside(const fs::path& path) {
  struct stat status {};
  REQUIRE(::stat(victim_of(path).c_str(), &status) == 0);
  CHECK(read_file(victim_of(path)) == "root's own\n");
  CHECK(status.st_uid == 0);
  CHECK(status.st_gid == 0);
  CHECK((status.st_mode & 07777) == 0640);
  CHECK(std::distance(fs::directory_iterator(outside_of(path)), {}) == 1);
}

void check_ends(const Call& call) {
  const TracedRun ended = run_traced(call.command, call.environment);
  CAPTURE(ended.errors);
  CHECK(ended.status >= 0);
  CHECK((ended.status == 0 || !ended.errors.empty()));
}

void check_planted(const Plant& plant, const std::string& path, uid_t owner) {
  CAPTURE(std::string(plant.text));
  CAPTURE(path);
  CAPTURE(owner);
  fs::remove_all(kRuntimeDirectory);
  make_world({{"steady", "10.77.1.1"}});
  make_outside(path);
  give_directories_to(owner);
  fs::remove(path);
  plant.put(path.c_str());
  if (path == kIndex) {
    wait_for_next_check();
    CHECK(by_name("steady").unavailable());
  }
  const Host fresh{"fresh", "10.77.1.20"};
  for (const Call& call : {add(fresh), init(), rebuild(), del(fresh.address)}) check_ends(call);
  check_outside(path);

  fs::remove_all(path);
  REQUIRE(run(add(fresh)).status == 0);
  if (path == kIndex) wait_for_next_check();
  CHECK(by_name("fresh").addresses == fresh.address);
  CHECK(by_name("steady").addresses == "10.77.1.1");
  check_outside(path);
}

}  // namespace

TEST_CASE("Whatever is planted at any name that the helper uses, in root's directories and in a user's") {
  for (const uid_t owner : {0U, kScriptUser}) {
    for (const std::string& path : kNames) {
      for (const Plant& plant : kPlants) check_planted(plant, path, owner);
    }
  }
  fs::remove_all(kStateDirectory);
  fs::remove_all(kRuntimeDirectory);
}

TEST_CASE("A file that claims to have 1 TB is just a bad file") {
  make_world({{"steady", "10.77.1.1"}, {"other", "10.78.1.1", "lab", "br1"}});
  const Host fresh{"fresh", "10.77.1.20"};
  SUBCASE("the index") {
    fs::remove(kIndex);
    write_file(kIndex, "");
    fs::resize_file(kIndex, 1ULL << 40);
    wait_for_next_check();
    CHECK(by_name("steady").unavailable());
    CHECK(get_addr_info(files_hosts::kName, AF_UNSPEC).result == 0);
    REQUIRE(run(add(fresh)).status == 0);
    CHECK(by_name("steady").found());
  }
  SUBCASE("a status file, with the index gone") {
    fs::remove(kIndex);
    fs::resize_file(std::string(kStateDirectory) + "/br1.status", 1ULL << 40);
    CHECK(run(add(fresh)).status == 0);
    CHECK(by_name("steady").addresses == "10.77.1.1");
  }
  CHECK(by_name("fresh").addresses == fresh.address);
}

TEST_CASE("An index that says it is replaced, put there by the directory's owner, does not hold lookups up") {
  make_world({{"steady", "10.77.1.1"}});
  std::string bytes = read_file(kIndex);
  bytes[offsetof(leases::layout::FileHeader, superseded)] = 1;
  fs::remove(kIndex);
  write_file(kIndex, bytes);
  wait_for_next_check();
  CHECK(in_child([] { return by_name("steady").status == NSS_STATUS_RETURN ? 1 : 0; }) == 0);
}
