#include "cli/checks/elf_file.h"

#include "tests/unit/cli/check_fixture.h"
#include "util/regular_file.h"

namespace leases::cli::test {

TEST_SUITE_BEGIN("elf_file");

TEST_CASE("a library without its end is cut short, wherever that is") {
  const CheckFixture host;
  const std::string whole = read_regular_file("/proc/self/exe", std::size_t{256} << 20).text;
  REQUIRE(whole.size() > 0x10000);
  const std::string file = host.file("lib.so", whole.substr(0, 0x10000));
  CHECK(is_cut_short(file));
  for (const std::size_t size : {std::size_t{0x1000}, sizeof(ElfW(Ehdr))}) {
    CAPTURE(size);
    std::filesystem::resize_file(file, size);
    CHECK(is_cut_short(file));
  }
}

TEST_CASE("a whole one is not, nor is what no loader maps") {
  const CheckFixture host;
  CHECK_FALSE(is_cut_short(path_of_libc()));
  CHECK_FALSE(is_cut_short(host.file("text", "#!/bin/sh\n")));
  CHECK_FALSE(is_cut_short(host.file("start", "\177ELF")));
  CHECK_FALSE(is_cut_short(host.path_of("nothing")));
}

TEST_SUITE_END();

}  // namespace leases::cli::test
