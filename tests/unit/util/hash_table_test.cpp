#include "util/hash_table.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "util/process.h"

namespace leases::test {

TEST_SUITE_BEGIN("hash_table");

TEST_CASE("equal keys have equal hashes, and other processes others") {
  const KeyedHash hash;
  const IpAddress address = parse_ip("fd00:77::1").value();
  CHECK(hash(address) == hash(parse_ip("fd00:77:0::1").value()));
  CHECK(hash(address) != hash(parse_ip("fd00:77::2").value()));
  CHECK(hash(std::string_view("web")) == hash(std::string_view("web")));
  CHECK(hash(std::pair(std::string_view("web"), std::string_view("db"))) !=
        hash(std::pair(std::string_view("db"), std::string_view("web"))));
  CHECK(hash(std::string_view("web")) != Hash::of("web", 3));
  // A child has its parent's; a program that is started has its own.
  std::set<std::string> seen;
  const std::string program = std::filesystem::read_symlink("/proc/self/exe");
  for (int i = 0; i < 4; ++i)
    seen.insert(run_program({program, "--test-case=the hash of a name is printed", "--no-skip"}, "").output);
  CHECK(seen.size() == 4);
}

TEST_CASE("the hash of a name is printed" * doctest::skip()) {
  MESSAGE(KeyedHash()(std::string_view("web")));
}

TEST_SUITE_END();

}  // namespace leases::test
