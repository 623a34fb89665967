/// What the module adds to a process that loads it.

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/elf_file.h"
#include "tests/support/module.h"

using namespace leases::test;

TEST_CASE("The module needs the C library and nothing else") {
  CHECK(ElfFile(module_path()).dynamic_texts(DT_NEEDED) == std::vector<std::string>{"libc.so.6"});
  CHECK(ElfFile(module_path()).dynamic_texts(DT_SONAME) == std::vector<std::string>{"libnss_leases.so.2"});
  CHECK(ElfFile(module_path()).dynamic(DT_RPATH).empty());
  CHECK(ElfFile(module_path()).dynamic(DT_RUNPATH).empty());
}

TEST_CASE("The module exports the entry points for hosts and nothing else") {
  std::set<std::string> expected;
  for (const std::string name :
       {"gethostbyname4_r", "gethostbyname3_r", "gethostbyname2_r", "gethostbyname_r", "gethostbyaddr2_r",
        "gethostbyaddr_r", "sethostent", "gethostent_r", "endhostent"}) {
    expected.insert(std::string("_nss_leases_") + name);
  }
  CHECK(ElfFile(module_path()).exports() == expected);
}

TEST_CASE("Loading the module runs nothing, and neither does the end of the process") {
  const ElfFile module(module_path());
  for (const std::int64_t tag : {DT_INIT, DT_INIT_ARRAY, DT_PREINIT_ARRAY, DT_FINI, DT_FINI_ARRAY}) {
    CAPTURE(tag);
    CHECK(module.dynamic(tag).empty());
  }
}

TEST_CASE("The module has no thread-local storage, no writable code and no executable stack") {
  const ElfFile module(module_path());
  CHECK(module.segments(PT_TLS).empty());
  CHECK(module.dynamic(DT_TEXTREL).empty());
  REQUIRE(module.segments(PT_GNU_STACK).size() == 1);
  CHECK((module.segments(PT_GNU_STACK)[0].p_flags & PF_X) == 0);
  for (const Elf64_Phdr& segment : module.segments(PT_LOAD)) {
    CHECK((segment.p_flags & (PF_W | PF_X)) != (PF_W | PF_X));
  }
}

TEST_CASE("The module stays loaded, since a thread may be in it, and all its addresses are bound at once") {
  const std::vector<std::uint64_t> flags = ElfFile(module_path()).dynamic(DT_FLAGS_1);
  REQUIRE(flags.size() == 1);
  CHECK((flags[0] & DF_1_NODELETE) != 0);
  CHECK((flags[0] & DF_1_NOW) != 0);
}

TEST_CASE(
    "The module asks the C library for nothing that allocates, locks, logs, ends the process or reads the "
    "environment") {
  const std::set<std::string> imports = ElfFile(module_path()).imports();
  CHECK(imports.contains("clock_gettime"));  // symbols are really read
  for (const std::string name : {"malloc",
                                 "calloc",
                                 "realloc",
                                 "free",
                                 "getenv",
                                 "secure_getenv",
                                 "environ",
                                 "abort",
                                 "__assert_fail",
                                 "exit",
                                 "syslog",
                                 "printf",
                                 "fprintf",
                                 "stderr",
                                 "fopen",
                                 "opendir",
                                 "pthread_mutex_lock",
                                 "pthread_once",
                                 "pthread_rwlock_rdlock",
                                 "sem_wait",
                                 "open",
                                 "open64",
                                 "close",
                                 "read",
                                 "sigprocmask",
                                 "pthread_sigmask",
                                 "tolower",
                                 "strcasecmp",
                                 "setlocale",
                                 "__tls_get_addr",
                                 "__cxa_atexit",
                                 "atexit",
                                 "dlopen"}) {
    CAPTURE(name);
    CHECK_FALSE(imports.contains(name));
  }
}
