#include "cli/known_hosts/known_host_lines.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace leases::cli::test {

TEST_SUITE_BEGIN("known_host_lines");

TEST_CASE("lines with a marker are left out, with the comments before them") {
  CHECK(unmarked_lines("# Host ca found: line 5 CERTIFICATE AUTHORITY\n@cert-authority ca ssh-ed25519 AAAA\n"
                       "# Host ca found: line 6\nca ssh-ed25519 BBBB\n"
                       "# Host ca found: line 7 REVOKED\n@revoked ca ssh-ed25519 CCCC\n") ==
        "# Host ca found: line 6\nca ssh-ed25519 BBBB\n");
  CHECK(unmarked_lines("@revoked ca ssh-ed25519 CCCC\n").empty());
}

TEST_CASE("a line for several hosts by name has no pattern") {
  CHECK_FALSE(has_pattern(""));
  CHECK_FALSE(has_pattern("# Host web found: line 3\nweb,10.0.0.1 ssh-ed25519 AAAA\n"));
  CHECK_FALSE(has_pattern("|1|salt=|hash= ssh-ed25519 AAAA comment*\n"));
  CHECK_FALSE(has_pattern("@revoked web ssh-ed25519 AAAA*\n"));
}

TEST_CASE("a line with *, ? or ! in its hosts has a pattern, whatever marks it") {
  CHECK(has_pattern("# Host web found: line 3\nweb,*.lab ssh-ed25519 AAAA\n"));
  CHECK(has_pattern("we? ssh-ed25519 AAAA\n"));
  CHECK(has_pattern("web,!db ssh-ed25519 AAAA\n"));
  CHECK(has_pattern("web ssh-ed25519 AAAA\n@cert-authority *.lab ssh-ed25519 AAAA\n"));
}

TEST_CASE("a host's lines are JSON, without the comments of ssh-keygen") {
  CHECK(known_host_json("web", "/known", "removed", "# Host web found: line 3\nweb k1\n# x\nweb k2\n") ==
        "{\"host\":\"web\",\"file\":\"/known\",\"outcome\":\"removed\",\"keys\":[\"web k1\",\"web k2\"]}\n");
  CHECK(known_host_json("w", "f", "found", "") ==
        "{\"host\":\"w\",\"file\":\"f\",\"outcome\":\"found\",\"keys\":[]}\n");
}

TEST_CASE("a line that another host shares is found, hashed hosts and ports aside") {
  const std::set<std::string> ours{"web", "10.0.0.1"};
  const auto other = [&](const std::string& line) {
    return foreign_host("# Host web found: line 1\n" + line + " ssh-ed25519 AAAA\n", "web", ours);
  };
  for (const char* line : {"web", "web,10.0.0.1", "WEB,[web]:2222", "|1|a=|b=", "@cert-authority web"}) {
    CAPTURE(line);
    CHECK_FALSE(other(line));
  }
  CHECK(other("web,192.0.2.5") == "192.0.2.5");
  CHECK(other("bastion,web") == "bastion");
  CHECK(other("@revoked web,[bastion]:22") == "[bastion]:22");
}

TEST_SUITE_END();

}  // namespace leases::cli::test
