#include "store/index_copy.h"

#include <doctest/doctest.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>

#include "common/index_layout.h"
#include "tests/support/built_index.h"
#include "tests/support/files.h"
#include "tests/support/owned_lease.h"
#include "tests/support/store_fixture.h"
#include "tests/support/system_call_filter.h"

namespace leases::test {

namespace {

/// A store with one lease, of which copies are made.
struct CopiedStore {
  CopiedStore() { fixture.put(full_v4()); }
  [[nodiscard]] std::optional<IndexCopy> copy() {
    return IndexCopy::of(Directory::open_or_create(fixture.settings().runtime_directory), problem);
  }

  StoreFixture fixture;
  std::string problem;
};

#ifdef __x86_64__
CopiedStore* g_store = nullptr;
bool g_is_replaced = false;

/// In the place of pread(2), and does what that does.
void replace_before_first_read(int, siginfo_t*, void* context) {
  auto& registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
  if (!std::exchange(g_is_replaced, true)) g_store->fixture.import(ImportScope::everything);
  const iovec target{reinterpret_cast<void*>(registers[REG_RSI]),
                     static_cast<std::size_t>(registers[REG_RDX])};
  const ssize_t count = ::preadv(static_cast<int>(registers[REG_RDI]), &target, 1, registers[REG_R10]);
  registers[REG_RAX] = count < 0 ? -errno : count;
}
#endif

}  // namespace

TEST_SUITE_BEGIN("index_copy");

TEST_CASE(
    "a copy has the snapshot and the overlay, and keeps them when the file is changed, replaced or cut "
    "short") {
  CopiedStore store;
  store.fixture.import(ImportScope::everything);
  store.fixture.put(full_v6());
  const auto before = store.copy();
  REQUIRE(before);
  const auto is_whole = [&] {
    return leases_of(before->view(), "alpha").size() == 1 && leases_of(before->view(), "six").size() == 1;
  };
  CHECK(is_whole());
  OwnedLease renamed = full_v6();
  renamed.hostname = "seven";
  store.fixture.put(renamed);
  CHECK(is_whole());
  store.fixture.import(ImportScope::everything);
  CHECK(is_whole());
  const auto after = store.copy();
  REQUIRE(after);
  CHECK(leases_of(after->view(), "six").empty());
  CHECK(leases_of(after->view(), "seven").size() == 1);
  std::filesystem::resize_file(store.fixture.index_path(), 0);
  CHECK(is_whole());
}

#ifdef __x86_64__
TEST_CASE("an index that is replaced between its opening and its first byte is opened once more") {
  CopiedStore store;
  g_store = &store;
  const pid_t child = ::fork();
  if (child == 0) {
    struct sigaction action {};
    action.sa_sigaction = replace_before_first_read;
    action.sa_flags = SA_SIGINFO | SA_NODEFER;
    ::sigaction(SIGSYS, &action, nullptr);
    if (!filter_system_calls({SYS_pread64}, SECCOMP_RET_TRAP, SECCOMP_RET_ALLOW)) ::_exit(2);
    const auto copy = store.copy();
    ::_exit(!g_is_replaced ? 3 : copy && leases_of(copy->view(), "alpha").size() == 1 ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}
#endif

TEST_CASE("what is no index is not copied, and the problem names the file") {
  CopiedStore store;
  const std::string path = store.fixture.index_path();
  const std::string sound = read_file(path);
  const auto problem_of = [&](const std::string& bytes) {
    write_file(path, bytes);
    CHECK_FALSE(store.copy());
    return store.problem;
  };
  std::string emptied = sound;
  emptied[offsetof(layout::FileHeader, superseded)] = layout::kEmptied;
  CHECK(problem_of(emptied) == path + " is what is left of a file that was replaced");
  CHECK(problem_of(sound.substr(0, sound.size() / 2)) == path + " is damaged");
  CHECK(problem_of(sound.substr(0, 10)) == path + " is shorter than an index's header");
  std::string overlay = sound;
  overlay[offsetof(layout::FileHeader, overlay_offset)] = 1;
  CHECK(problem_of(overlay) == path + " is damaged");
  std::filesystem::remove(path);
  CHECK_FALSE(store.copy());
  CHECK(store.problem == path + " does not exist");
}

TEST_CASE("a copy of the sources has all that is known of them, and no lease") {
  CopiedStore store;
  const auto directory = Directory::open_or_create(store.fixture.settings().runtime_directory);
  for (int i = 0; i < 2; ++i) {
    const auto all = IndexCopy::of(directory, store.problem);
    const auto sources = IndexCopy::of(directory, store.problem, IndexCopy::Part::sources);
    REQUIRE(all);
    REQUIRE(sources);
    CHECK(known_sources(sources->view()).size() == 1);
    CHECK(known_sources(sources->view()) == known_sources(all->view()));
    // Now as a snapshot without an overlay.
    store.fixture.import(ImportScope::everything);
  }
}

TEST_SUITE_END();

}  // namespace leases::test
