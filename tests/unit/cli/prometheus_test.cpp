#include "tests/unit/cli/export_fixture.h"

namespace leases::cli::test {

TEST_SUITE_BEGIN("prometheus");

TEST_CASE("each host is one target, by its first address") {
  const Exported targets = exported(prometheus_format, two_hosts(), {"prometheus"});
  CHECK(targets.code == kFound);
  CHECK(targets.text == R"([
  {
    "targets": [
      "[fd00::6]:9100"
    ],
    "labels": {
      "hostname": "six-1",
      "network": "br0"
    }
  },
  {
    "targets": [
      "10.0.0.1:9100"
    ],
    "labels": {
      "hostname": "web",
      "network": "lab",
      "domain": "lab.example"
    }
  }
]
)");
}

TEST_CASE("--port names another port") {
  const Exported targets = exported(prometheus_format, two_hosts(), {"prometheus", "--port", "80"});
  CHECK(targets.text.find("\"10.0.0.1:80\"") != std::string::npos);
  CHECK(exported(prometheus_format, two_hosts(), {"prometheus", "--port", "0"}).code == kUsage);
  CHECK(exported(prometheus_format, two_hosts(), {"prometheus", "--port", "65536"}).code == kUsage);
}

TEST_CASE("no hosts are an empty list") {
  CHECK(exported(prometheus_format, {}, {"prometheus"}).text == "[]\n");
}

TEST_SUITE_END();

}  // namespace leases::cli::test
