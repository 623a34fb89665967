#include "store/share_section.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/store/config_file.h"

namespace leases::test {

TEST_SUITE_BEGIN("share_section");

TEST_CASE("nothing is shared without a section") {
  const Settings settings = ConfigFile("").read();
  CHECK_FALSE(settings.share.is_on());
  CHECK_FALSE(is_shared(settings.share, "lab"));
  CHECK(is_peer(settings.share, "hv2"));
}

TEST_CASE("the section for sharing") {
  const Settings settings = ConfigFile(R"(
[share]
endpoints = ["https://etcd1.example:2379", "http://[::1]:2379"]
host = "hv1"
networks = ["lab", "br-*"]
ca-file = "/etc/ca.pem"
certificate-file = "/etc/cert.pem"
key-file = "/etc/key.pem"
user = "hv1"
password-file = "/etc/password"
time-out = 10
hosts = ["hv*"]
names = ["a-*"]
domains = ["lab.example"]
[share.peers.hv2]
names = ["b-*"]
)")
                                .read();
  const std::string problem = settings.problems.empty() ? std::string() : settings.problems.front();
  CHECK(problem.empty());
  const ShareSettings& share = settings.share;
  CHECK(share.is_on());
  CHECK(is_peer(share, "hv2"));
  CHECK_FALSE(is_peer(share, "com"));
  CHECK(share.endpoints.size() == 2);
  CHECK(share.host == "hv1");
  CHECK(is_shared(share, "lab"));
  CHECK(is_shared(share, "br-1"));
  CHECK_FALSE(is_shared(share, "virbr0"));
  CHECK(share.time_out == std::chrono::seconds(10));
  CHECK(share.policy_of("hv1").domains == std::vector<std::string>{"lab.example"});
  CHECK(share.policy_of("hv2").names == std::vector<std::string>{"b-*"});
  CHECK(share.policy_of("hv2").domains.empty());
  CHECK(ShareSettings().time_out == std::chrono::seconds(30));
}

TEST_CASE("mistakes in the section for sharing are told with the key") {
  for (const auto& [wrong, key] : std::vector<std::pair<std::string, std::string>>{
           {"share = 1", "'share'"},
           {"[share]\nendpoint = []", "'share.endpoint'"},
           {"[share]\nendpoints = 'https://x'", "'share.endpoints'"},
           {"[share]\nendpoints = ['x:2379']", "'share.endpoints'"},
           {"[share]\nendpoints = ['https://x/v3']", "'share.endpoints'"},
           {"[share]\nhost = 'HV1'", "'share.host'"},
           {"[share]\nhost = 'hv1.lab'", "'share.host'"},
           {"[share]\nnetworks = [1]", "'share.networks'"},
           {"[share]\nca-file = 'x'", "'share.ca-file'"},
           {"[share]\nkey-file = '/x'", "'share.key-file'"},
           {"[share]\nuser = 'x'", "'share.user'"},
           {"[share]\ntime-out = 1", "'share.time-out'"},
           {"[share]\ntime-out = '30'", "'share.time-out'"},
           {"[share]\ndomains = ['Lab']", "'share.domains'"},
           {"[share]\nhosts = 'hv*'", "'share.hosts'"},
           {"[share]\npeers = 1", "'share.peers'"},
           {"[share.peers.hv2]\nnetworks = []", "'share.networks'"},
           {"[share.peers.'hv.2']\nnames = []", "'share.peers.hv.2'"},
       }) {
    const std::string text = wrong + '\n';
    CAPTURE(text);
    const Settings settings = ConfigFile(text).read();
    REQUIRE(settings.problems.size() == 1);
    CHECK_MESSAGE(mentions(settings.problems[0], {key}), settings.problems[0]);
  }
}

TEST_SUITE_END();

}  // namespace leases::test
