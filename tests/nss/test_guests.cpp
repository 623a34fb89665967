/// Names of guests: a machine is found by its name in the MAC map, whatever host name it sends.

#include <doctest/doctest.h>

#include <string>

#include "tests/support/installed_store.h"
#include "tests/support/lookup.h"

using namespace leases::test;

namespace {

Host machine(const std::string& name, const std::string& address, const std::string& guest,
             const std::string& network = "br0") {
  return {name, address, "lab", network, kFarFuture, name == "localhost", guest};
}

}  // namespace

TEST_CASE("A machine has its guest's name beside its own") {
  const InstalledStore store{machine("ubuntu", "10.77.1.1", "Builder"),
                             machine("ubuntu", "fd00:77::1", "Builder")};
  for (const std::string name : {"builder", "BUILDER.lab", "builder.br0.", "ubuntu"}) {
    CAPTURE(name);
    CHECK(by_name(name).addresses == "fd00:77::1 10.77.1.1");
    CHECK(by_name(name, AF_INET).addresses == "10.77.1.1");
  }
  CHECK(by_name("builder").name == "builder.lab");
  CHECK(by_name("builder.lab", AF_INET6).name == "builder.lab");
  CHECK(by_name("builder.br1").unknown());
  CHECK(by_address("10.77.1.1").name == "ubuntu.lab");
}

TEST_CASE("A machine without a host name that may be answered has its guest's") {
  for (const std::string own : {"", "localhost"}) {
    CAPTURE(own);
    const InstalledStore store{machine(own, "10.77.1.1", "builder")};
    CHECK(by_name("builder").addresses == "10.77.1.1");
    CHECK(by_address("10.77.1.1").name == "builder.lab");
    CHECK(by_address("10.77.1.1").aliases == "builder");
    CHECK(by_name("localhost").unknown());
  }
}

TEST_CASE("A lease's own name comes before a guest's that is more recent") {
  const InstalledStore store{
      {"web", "10.77.1.1"}, machine("ubuntu", "10.77.1.2", "web"), {"web", "10.77.1.3"}};
  CHECK(by_name("web").addresses == "10.77.1.3 10.77.1.1 10.77.1.2");
  store.end("10.77.1.3");
  CHECK(by_name("web").addresses == "10.77.1.1 10.77.1.2");
  store.end("10.77.1.1");
  CHECK(by_name("web").addresses == "10.77.1.2");
  store.lease({machine("ubuntu", "10.77.1.2", "")});
  CHECK(by_name("web").unknown());
}

TEST_CASE("A guest whose name has dots is a host with a domain") {
  const InstalledStore store{machine("ubuntu", "10.77.1.1", "web.example.com")};
  CHECK(by_name("web.example.com").addresses == "10.77.1.1");
  CHECK(by_name("WEB.Example.com.").name == "web.example.com");
  CHECK(by_name("web").name == "web.lab");
  CHECK(by_name("web.example").unknown());
  CHECK_MESSAGE(by_name("ubuntu.example.com").unknown(), "a guest does not choose names in that domain");
  CHECK(by_address("10.77.1.1").name == "ubuntu.lab");
}

TEST_CASE("An index that is made again has the same answers") {
  const InstalledStore store{machine("", "10.77.1.1", "builder"), machine("web", "10.77.1.2", "web")};
  store.replace_index();
  CHECK(by_name("builder").addresses == "10.77.1.1");
  CHECK(by_name("web").addresses == "10.77.1.2");
  CHECK(by_address("10.77.1.1").name == "builder.lab");
}
