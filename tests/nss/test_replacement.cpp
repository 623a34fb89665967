/// One reader and one writer, in turn.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "common/index_layout.h"
#include "paths.h"
#include "tests/support/children.h"
#include "tests/support/installed_store.h"
#include "tests/support/lookup.h"
#include "tests/support/process_state.h"

using namespace leases::test;
using leases::paths::kIndex;
using leases::paths::kRuntimeDirectory;
namespace fs = std::filesystem;

namespace {

std::string address_of(int number) {
  return "10.77." + std::to_string(number / 250 % 250) + '.' + std::to_string(number % 250 + 1);
}

}  // namespace

TEST_CASE("A change that is published in place is seen by the next lookup") {
  const InstalledStore store{{"fixed", "10.1.1.1"}};
  CHECK(by_name("fixed").found());
  for (int i = 0; i < 300; ++i) {
    CAPTURE(i);
    store.lease({{"moving", address_of(i)}});
    REQUIRE(by_name("moving").addresses == address_of(i));
    REQUIRE(by_address(address_of(i)).name == "moving.lab");
    store.end(address_of(i));
    REQUIRE(by_name("moving").unknown());
    REQUIRE(by_address(address_of(i)).unknown());
    REQUIRE(by_name("fixed").found());
  }
}

TEST_CASE(
    "A new file is seen by the next lookup, also when it came within the same clock tick as the one before") {
  const InstalledStore store;
  for (int i = 0; i < 500; ++i) {
    CAPTURE(i);
    store.replace_index({{"moving", address_of(i)}});
    REQUIRE(by_name("moving").addresses == address_of(i));
    store.replace_index({{"moving", address_of(i + 1)}});
    REQUIRE(by_name("moving").addresses == address_of(i + 1));
    REQUIRE(by_address(address_of(i)).unknown());
  }
}

TEST_CASE("Of several files that came between two lookups the last is seen") {
  const InstalledStore store{{"moving", address_of(0)}};
  for (int i = 0; i < 100; ++i) {
    CHECK(by_name("moving").found());
    for (int more = 0; more < 3; ++more) store.replace_index({{"moving", address_of(3 * i + more)}});
    REQUIRE(by_name("moving").addresses == address_of(3 * i + 2));
  }
}

TEST_CASE("A replaced file is unmapped with the first lookup that uses the new one") {
  const InstalledStore store{{"alpha", "10.77.1.1"}};
  for (int i = 0; i < 100; ++i) {
    store.replace_index();
    CHECK(by_name("alpha").found());
    CHECK(mapped_indexes() == 1);
  }
}

TEST_CASE(
    "A replaced file gives its memory back, but for one page, although processes still have it mapped") {
  const InstalledStore store;
  std::vector<Host> hosts;
  for (int i = 0; i < 1000; ++i) hosts.push_back({"host-" + std::to_string(i), address_of(i)});
  store.replace_index(hosts);
  CHECK(by_name("host-7").addresses == address_of(7));
  const int file = ::open(kIndex, O_RDONLY | O_CLOEXEC);
  const auto kept_bytes = [&] {
    struct stat status {};
    REQUIRE(::fstat(file, &status) == 0);
    return status.st_blocks * 512;
  };
  const std::int64_t page = ::sysconf(_SC_PAGESIZE);
  CHECK(kept_bytes() > 20 * page);
  store.replace_index();
  CHECK(mapped_indexes() == 1);
  CHECK(kept_bytes() <= page);
  // Only who reads on in it takes memory for it again.
  const auto size = static_cast<std::size_t>(::lseek(file, 0, SEEK_END));
  const auto* const bytes = static_cast<const char*>(::mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0));
  CHECK(std::count(bytes + page, bytes + size, '\0') == static_cast<std::ptrdiff_t>(size) - page);
  CHECK(kept_bytes() > 20 * page);
  ::munmap(const_cast<char*>(bytes), size);
  ::close(file);
  CHECK(by_name("host-7").addresses == address_of(7));
}

TEST_CASE("A copy of a file that was replaced and emptied is no index") {
  const InstalledStore store{{"alpha", "10.77.1.1"}};
  const int file = ::open(kIndex, O_RDWR | O_CLOEXEC);
  const std::uint32_t emptied = leases::layout::kEmptied;
  REQUIRE(::pwrite(file, &emptied, sizeof emptied, offsetof(leases::layout::FileHeader, superseded)) ==
          sizeof emptied);
  ::close(file);
  // In a child, since it could hang.
  CHECK(in_child([] { return by_name("alpha").unavailable() ? 0 : 1; }) == 0);
  remove_and_unmap_index();
}

TEST_CASE(
    "A program that looks up now and then survives that the file is cut short, or overwritten in place") {
  for (const off_t size : {off_t{0}, off_t{64}, off_t{4096}}) {
    CAPTURE(size);
    const InstalledStore store;
    std::vector<Host> hosts;
    for (int i = 0; i < 1000; ++i) hosts.push_back({"host-" + std::to_string(i), address_of(i)});
    store.replace_index(hosts);
    const int result = in_child([&] {
      if (!by_name("host-7").found()) return 1;
      if (::truncate(kIndex, size) != 0) return 2;
      wait_for_next_check();
      if (!by_name("host-7").unavailable() || !by_address(address_of(7)).unavailable()) return 3;
      store.replace_index(hosts);
      return by_name("host-7").addresses == address_of(7) ? 0 : 4;
    });
    CHECK(result == 0);
    remove_and_unmap_index();
  }
}

TEST_CASE("A new file is noticed soon, even if the old one was not marked") {
  const InstalledStore store{{"alpha", "10.77.1.1"}};
  CHECK(by_name("alpha").found());
  const struct timespec same[2] = {{1, 0}, {1, 0}};
  REQUIRE(::utimensat(AT_FDCWD, kIndex, same, 0) == 0);
  rename_copy_in_place();
  REQUIRE(::utimensat(AT_FDCWD, kIndex, same, 0) == 0);
  store.lease({{"beta", "10.77.1.2"}});  // an overlay that the old file does not have
  wait_for_next_check();
  CHECK(by_name("beta").addresses == "10.77.1.2");
  CHECK(mapped_indexes() == 1);
}

TEST_CASE("That the directory was wiped is noticed soon, and its return at once") {
  const InstalledStore store{{"alpha", "10.77.1.1"}};
  CHECK(by_name("alpha").found());
  fs::remove_all(kRuntimeDirectory);
  wait_for_next_check();
  CHECK(by_name("alpha").unavailable());
  CHECK(mapped_indexes() == 0);
  const InstalledStore again{{"alpha", "10.77.1.2"}};
  CHECK(by_name("alpha").addresses == "10.77.1.2");
}

TEST_CASE("A file that is in place though it is marked as replaced is read like any other") {
  const InstalledStore store{{"alpha", "10.77.1.1"}};
  const std::uint32_t superseded = 1;
  const int file = ::open(kIndex, O_RDWR | O_CLOEXEC);
  REQUIRE(::pwrite(file, &superseded, sizeof superseded, offsetof(leases::layout::FileHeader, superseded)) ==
          sizeof superseded);
  ::close(file);
  // As when a copy of an old file was put back. In a child, since it could hang.
  CHECK(in_child([] { return by_name("alpha").addresses == "10.77.1.1" ? 0 : 1; }) == 0);
  remove_and_unmap_index();
}

TEST_CASE("Another directory in the place of the index's is noticed soon") {
  const InstalledStore store{{"alpha", "10.77.1.1"}};
  CHECK(by_name("alpha").found());
  fs::rename(kRuntimeDirectory, std::string(kRuntimeDirectory) + ".old");
  const InstalledStore other{{"alpha", "10.77.1.2"}};
  wait_for_next_check();
  CHECK(by_name("alpha").addresses == "10.77.1.2");
  CHECK(mapped_indexes() == 1);
  fs::remove_all(std::string(kRuntimeDirectory) + ".old");
}
