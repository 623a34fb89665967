/// System calls and allocations of a lookup.

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>

#include "tests/support/children.h"
#include "tests/support/installed_store.h"
#include "tests/support/module.h"
#include "tests/support/questions.h"
#include "tests/support/system_call_filter.h"

using namespace leases::test;

namespace {

/// Calls of the allocator in this process.
std::atomic<long> g_allocations{0};

/// One lookup of each kind, without allocating memory. How many of them returned this status.
int ask_all(nss_status expected) {
  static std::array<char, 2048> buffer;
  constexpr std::array<unsigned char, 4> kAddress{10, 77, 1, 1};
  gaih_addrtuple* first = nullptr;
  hostent host{};
  int error = 0;
  int h_error = 0;
  const std::array<nss_status, 4> answers{
      module().gethostbyname4_r(kAskedName, &first, buffer.data(), buffer.size(), &error, &h_error, nullptr),
      module().gethostbyname3_r(kAskedName, AF_INET, &host, buffer.data(), buffer.size(), &error, &h_error,
                                nullptr, nullptr),
      module().gethostbyname2_r("asked.lab", AF_INET6, &host, buffer.data(), buffer.size(), &error, &h_error),
      module().gethostbyaddr_r(kAddress.data(), 4, AF_INET, &host, buffer.data(), buffer.size(), &error,
                               &h_error)};
  int count = 0;
  for (const nss_status answer : answers) count += answer == expected ? 1 : 0;
  return count;
}

/// System calls of ask_all(): how often the file was examined, and the number of any other call; -1: none.
volatile sig_atomic_t g_examined = 0;
volatile sig_atomic_t g_other = -1;

void note_system_call(int, siginfo_t* info, void* context) {
  if (info->si_syscall == SYS_newfstatat) {
    g_examined = g_examined + 1;
  } else {
    g_other = info->si_syscall;
  }
  static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_RAX] = -EPERM;
}

bool note_system_calls() {
  struct sigaction action {};
  action.sa_sigaction = note_system_call;
  action.sa_flags = SA_SIGINFO;
  ::sigaction(SIGSYS, &action, nullptr);
  return filter_system_calls({SYS_rt_sigreturn, SYS_exit_group}, SECCOMP_RET_ALLOW, SECCOMP_RET_TRAP);
}

const std::vector<Host> kHosts{{kAskedName, kAskedV4}, {kAskedName, kAskedV6}};

}  // namespace

extern "C" {

void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void __libc_free(void* memory);

void* malloc(std::size_t size) {
  ++g_allocations;
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  ++g_allocations;
  return __libc_calloc(count, size);
}
void* realloc(void* memory, std::size_t size) {
  ++g_allocations;
  return __libc_realloc(memory, size);
}
void free(void* memory) {
  ++g_allocations;
  __libc_free(memory);
}

}  // extern "C"

TEST_CASE("A warm lookup makes no system call but a look at the file every 100 ms") {
  const InstalledStore store(kHosts);
  REQUIRE(ask_all(NSS_STATUS_SUCCESS) == 4);
  const int result = in_child([] {
    using Clock = std::chrono::steady_clock;
    // There is a whole interval between two looks, by a clock that ticks every 4 ms.
    constexpr std::chrono::milliseconds kLeast{96};
    const auto start = Clock::now();
    if (!note_system_calls()) return 100;
    int found = 0;
    long rounds = 0;
    auto elapsed = Clock::duration::zero();
    // However slow the machine is. Where it never looks, that is seen after a while, too.
    const auto is_enough = [&] { return g_examined >= 5 && rounds >= 1000; };
    while ((elapsed = Clock::now() - start) < std::chrono::milliseconds(950) ||
           (!is_enough() && elapsed < std::chrono::minutes(5))) {
      found += ask_all(NSS_STATUS_SUCCESS);
      ++rounds;
    }
    if (found != 4 * rounds) return 101;
    if (g_other >= 0) return 102;
    if (!is_enough()) return 103;
    return g_examined <= 1 + elapsed / kLeast ? 0 : 104;
  });
  CHECK(result == 0);
}

TEST_CASE("The filter that the test above relies on sees the system calls of a first lookup") {
  remove_and_unmap_index();
  const InstalledStore store(kHosts);
  const int result = in_child([] {
    if (!note_system_calls()) return 1;
    ask_all(NSS_STATUS_SUCCESS);
    return g_other == SYS_openat ? 0 : 2;
  });
  CHECK(result == 0);
}

TEST_CASE("No lookup allocates memory, whether it finds, maps or misses the file") {
  const InstalledStore store(kHosts);
  module();
  const auto allocations_of_lookups = [](nss_status expected) {
    const long before = g_allocations;
    const int count = ask_all(expected);
    const long after = g_allocations;
    CHECK(count == 4);
    return after - before;
  };
  CHECK(g_allocations > 0);
  CHECK(allocations_of_lookups(NSS_STATUS_SUCCESS) == 0);
  store.replace_index();
  CHECK(allocations_of_lookups(NSS_STATUS_SUCCESS) == 0);
  wait_for_next_check();
  CHECK(allocations_of_lookups(NSS_STATUS_SUCCESS) == 0);
  remove_and_unmap_index();
  CHECK(allocations_of_lookups(NSS_STATUS_UNAVAIL) == 0);
}
