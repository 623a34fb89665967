#include <netinet/in.h>
#include <sys/socket.h>

#include <filesystem>

#include "tests/unit/cli/verb_fixture.h"

namespace leases::cli::test {

using namespace leases::test;

namespace {

Called wait(const std::vector<OwnedLease>& leases, const std::vector<std::string>& arguments) {
  const IndexFixture store(leases);
  std::vector<std::string> words{"wait", "--timeout", "0"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return called(wait_verb, store.settings(), words);
}

}  // namespace

TEST_SUITE_BEGIN("wait");

TEST_CASE("names that have leases are there at once") {
  const Called found = wait(machines(), {"vm1", "web"});
  CHECK(found.code == kFound);
  CHECK(found.output == "vm1\t10.0.1.1\nweb\tfd00::1 10.0.0.1\n");
  CHECK(found.errors.empty());
}

TEST_CASE("when time is up, the missing names are reported") {
  const Called missing = wait(machines(), {"web", "ci-[1-3]"});
  CHECK(missing.code == kNotFound);
  CHECK(missing.output == "web\tfd00::1 10.0.0.1\n");
  CHECK(missing.errors == "nss-leases: time is up; without a lease: ci-[1-3]\n");
}

TEST_CASE("a hardware address is found by any spelling, and a name that is given twice once") {
  const Called found = wait(machines(), {"web", "02-00-00-00-00-01", "web"});
  CHECK(found.code == kFound);
  CHECK(found.output == "02-00-00-00-00-01\t10.0.0.1 fd00::1\nweb\tfd00::1 10.0.0.1\n");
}

TEST_CASE("--family counts only addresses of that family") {
  CHECK(wait(machines(), {"web", "--family", "v6"}).output == "web\tfd00::1\n");
  CHECK(wait(machines(), {"vm1", "--family", "v6"}).code == kNotFound);
  CHECK(wait(machines(), {"web", "--family", "ipv4"}).output == "web\t10.0.0.1\n");
}

TEST_CASE("--match waits for as many names as --count says") {
  const std::vector<OwnedLease> leases{lease_of("br0", "10.0.0.1", "ci-1"),
                                       lease_of("br0", "10.0.0.2", "ci-2")};
  CHECK(wait(leases, {"--match", "ci-*"}).code == kFound);
  CHECK(wait(leases, {"--match", "ci-*", "--count", "2"}).output == "ci-1\t10.0.0.1\nci-2\t10.0.0.2\n");
  const Called missing = wait(leases, {"--match", "ci-*", "--count", "3"});
  CHECK(missing.code == kNotFound);
  CHECK(missing.errors == "nss-leases: time is up; 2 of 3 machines that match ci-*\n");
}

TEST_CASE("--count counts machines: one with several names, or a name on several cards, is one") {
  OwnedLease four = lease_of("br0", "10.0.0.1", "ci-1");
  four.guest_name = "ci-vm1";
  four.domain = "lan";
  four.hardware = mac("02:00:00:00:00:01");
  const OwnedLease six = with(four, &OwnedLease::address, ip("fd00::1"));
  OwnedLease card = with(four, &OwnedLease::hardware, mac("02:00:00:00:00:02"));
  card.address = ip("10.0.0.2");
  card.guest_name.clear();
  for (const std::string glob : {"ci-*", "*.*"}) {
    CAPTURE(glob);
    CHECK(wait({four, six}, {"--match", glob}).code == kFound);
    const Called one = wait({four, six}, {"--match", glob, "--count", "2"});
    CHECK(one.code == kNotFound);
    CHECK(one.errors == "nss-leases: time is up; 1 of 2 machines that match " + glob + "\n");
  }
  four.guest_name.clear();
  for (const std::string glob : {"ci-*", "*.*"})
    CHECK(wait({four, card}, {"--match", glob, "--count", "2"}).code == kNotFound);
  const OwnedLease other = lease_of("br0", "10.0.0.3", "ci-3");
  CHECK(wait({four, card, other}, {"--match", "ci-*", "--count", "2"}).code == kFound);
}

TEST_CASE("--json says what is missing") {
  CHECK(wait(machines(), {"--json", "vm1", "db"}).output ==
        "{\"name\":\"vm1\",\"addresses\":[\"10.0.1.1\"]}\n"
        "{\"name\":\"db\",\"addresses\":[],\"missing\":\"lease\"}\n");
}

TEST_CASE("--port waits for a connection") {
  const FileDescriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof name;
  REQUIRE(::bind(listener.number(), reinterpret_cast<const sockaddr*>(&name), length) == 0);
  REQUIRE(::listen(listener.number(), 1) == 0);
  REQUIRE(::getsockname(listener.number(), reinterpret_cast<sockaddr*>(&name), &length) == 0);
  const std::string port = std::to_string(ntohs(name.sin_port));
  const std::vector<OwnedLease> leases{lease_of("br0", "127.0.0.1", "here"),
                                       lease_of("br0", "127.0.0.2", "there")};
  const Called found = wait(leases, {"here", "there", "--port", port, "--json"});
  CHECK(found.code == kNotFound);
  CHECK(found.output ==
        "{\"name\":\"here\",\"addresses\":[\"127.0.0.1\"]}\n"
        "{\"name\":\"there\",\"addresses\":[\"127.0.0.2\"],\"missing\":\"port\"}\n");
  CHECK(found.errors == "nss-leases: time is up; port " + port + " has not accepted a connection: there\n");
}

TEST_CASE("a wait without an index says so") {
  const StoreFixture store;
  std::filesystem::remove(store.index_path());
  const Called missing = called(wait_verb, store.settings(), {"wait", "--timeout", "0", "web"});
  CHECK(missing.code == kNotFound);
  CHECK(missing.errors.find(store.index_path()) != std::string::npos);
}

TEST_CASE("a time that is short ends") {
  CHECK(called(wait_verb, StoreFixture().settings(), {"wait", "--timeout", "10ms", "web"}).code == kNotFound);
}

TEST_CASE("there has to be something to wait for, and a lease has to be able to have it") {
  CHECK(wait({}, {}).code == kUsage);
  CHECK(wait({}, {"a b"}).code == kUsage);
  CHECK(wait({}, {"ci-[1"}).code == kUsage);
  CHECK(wait({}, {"ci-[0000000-9999999]"}).code == kUsage);
  CHECK(wait({}, {"web", "--count", "2"}).code == kUsage);
  CHECK(wait({}, {"web", "--timeout", "soon"}).code == kUsage);
}

TEST_CASE("guests are waited for by their names, and with --all for each of their interfaces") {
  const auto wait_for = [](const std::vector<std::string>& words) {
    OwnedLease first = with(lease_of("lab", "10.0.1.1", "web"), &OwnedLease::guest_name, "VM1");
    first.hardware = mac("52:54:00:00:00:01");
    OwnedLease six = with(lease_of("lab", "fd00::1"), &OwnedLease::guest_name, "VM1");
    six.hardware = mac("52:54:00:00:00:01");
    OwnedLease second = with(lease_of("dmz", "10.0.2.1"), &OwnedLease::guest_name, "vm2");
    second.hardware = mac("52:54:00:00:00:02");
    const IndexFixture store({first, six, second, lease_of("lab", "10.0.1.9", "vm2")},
                             {{mac("52:54:00:00:00:01"), "VM1", "lab", "/libvirt/lab.macs"},
                              {mac("52:54:00:00:00:02"), "vm2", "dmz", "/libvirt/dmz.macs"},
                              {mac("52:54:00:00:00:03"), "vm2", "lab", "/libvirt/lab.macs"}});
    std::vector<std::string> all{"wait", "--timeout", "0"};
    all.insert(all.end(), words.begin(), words.end());
    return called(wait_verb, store.settings(), all);
  };
  CHECK(wait_for({"--guest", "vm[1-2]"}).output == "vm1\tfd00::1 10.0.1.1\nvm2\t10.0.2.1\n");
  CHECK(wait_for({"--guest", "vm1", "--all", "--family", "both"}).code == kFound);
  const Called lacking = wait_for({"--guest", "vm2", "--all", "--json"});
  CHECK(lacking.code == kNotFound);
  CHECK(lacking.output == "{\"name\":\"vm2\",\"addresses\":[\"10.0.2.1\"],\"missing\":\"lease\"}\n");
  CHECK(lacking.errors == "nss-leases: time is up; without a lease of 52:54:00:00:00:03: guest vm2\n");
  CHECK(
      wait_for({"--guest", "vm2", "--all", "--family", "both"}).errors ==
      "nss-leases: time is up; without a lease of 52:54:00:00:00:02 (IPv6), 52:54:00:00:00:03: guest vm2\n");
  CHECK(wait_for({"--guest", "web"}).errors == "nss-leases: time is up; in no MAC map: guest web\n");
  CHECK(wait_for({"--guest", "a b"}).code == kUsage);
  // Its leases have no name of a guest, so it would be awaited for ever, or gone at once.
  const Called refused = wait_for({"--guest", "wpad", "--gone"});
  CHECK(refused.code == kUsage);
  CHECK(refused.errors.ends_with(", so no lease is known by that guest; give its MAC address\n"));
  CHECK(wait_for({"vm1", "--all"}).code == kUsage);
}

TEST_CASE("each interface of a guest has its leases, whatever a lookup of the guest's name leaves out") {
  const auto lease_of_guest = [](const char* network, const char* address, const char* hardware) {
    OwnedLease lease = with(lease_of(network, address), &OwnedLease::guest_name, "vm1");
    lease.hardware = mac(hardware);
    return lease;
  };
  const char* const first = "52:54:00:00:00:01";
  const char* const second = "52:54:00:00:00:02";
  const auto code = [&](const std::vector<OwnedLease>& leases) {
    const IndexFixture store(
        leases, {{mac(first), "vm1", "lab", "/lab.macs"}, {mac(second), "vm1", "dmz", "/dmz.macs"}});
    return called(wait_verb, store.settings(), {"wait", "--timeout", "0", "--guest", "vm1", "--all"});
  };
  // Private networks may have the same addresses.
  const Called same =
      code({lease_of_guest("lab", "10.0.0.1", first), lease_of_guest("dmz", "10.0.0.1", second)});
  CHECK(same.code == kFound);
  CHECK(same.output == "vm1\t10.0.0.1\n");
  // A lookup gives a name's newest address of each client in a network; two interfaces may share a client
  // identifier.
  std::vector<OwnedLease> alike{lease_of_guest("lab", "10.0.0.1", first),
                                lease_of_guest("lab", "10.0.0.2", second)};
  for (OwnedLease& lease : alike) lease.client_id = {1, 2, 3};
  CHECK(code(alike).code == kFound);
  CHECK(code({alike[0]}).code == kNotFound);
}

TEST_CASE("--family both needs an address of each") {
  CHECK(wait(machines(), {"web", "--family", "both"}).code == kFound);
  const Called missing = wait(machines(), {"web", "vm1", "--family", "both"});
  CHECK(missing.code == kNotFound);
  CHECK(missing.output == "web\tfd00::1 10.0.0.1\n");
  CHECK(missing.errors == "nss-leases: time is up; without an IPv6 lease: vm1\n");
}

TEST_CASE("--gone waits until no name has a lease") {
  const Called gone = wait(machines(), {"--gone", "db", "--match", "ci-*"});
  CHECK(gone.code == kFound);
  CHECK(gone.output == "db\n");
  const Called present = wait(machines(), {"--gone", "db", "web", "--match", "vm*", "--json"});
  CHECK(present.code == kNotFound);
  CHECK(present.output ==
        "{\"name\":\"db\",\"addresses\":[]}\n"
        "{\"name\":\"vm1\",\"addresses\":[\"10.0.1.1\"],\"missing\":\"end\"}\n"
        "{\"name\":\"web\",\"addresses\":[\"fd00::1\",\"10.0.0.1\"],\"missing\":\"end\"}\n");
  CHECK(present.errors == "nss-leases: time is up; still leased: vm1 web\n");
  CHECK(wait(machines(), {"--gone", "vm1", "--family", "v6"}).code == kFound);
  CHECK(wait(machines(), {"--gone", "vm1", "--port", "22"}).code == kUsage);
}

TEST_CASE("without an index nothing is known to be gone") {
  const StoreFixture store;
  std::filesystem::remove(store.index_path());
  const Called unknown = called(wait_verb, store.settings(), {"wait", "--timeout", "0", "--gone", "web"});
  CHECK(unknown.code == kNotFound);
  CHECK(unknown.output.empty());
}

TEST_CASE("a command that failed is told by the status, also when time is up") {
  const Called failed = wait(machines(), {"web", "db", "--exec", "false"});
  CHECK(failed.code == kFailure);
  CHECK(
      failed.errors ==
      "nss-leases: 'false' for web ended with exit status 1\nnss-leases: time is up; without a lease: db\n");
}

TEST_CASE("--exec runs a command for each name, IPv4 addresses first, and tells if one fails") {
  const TemporaryDirectory place;
  const std::string file = place.path_of("ran");
  const Called done = wait(machines(), {"web", "vm1", "--exec", "echo \"$@\" >> " + file});
  CHECK(done.code == kFound);
  CHECK(read_file(file) == "vm1 10.0.1.1\nweb 10.0.0.1 fd00::1\n");
  const Called failed = wait(machines(), {"web", "vm1", "--exec", "test $1 = web"});
  CHECK(failed.code == kFailure);
  CHECK(failed.errors == "nss-leases: 'test $1 = web' for vm1 ended with exit status 1\n");
  CHECK(failed.output == "vm1\t10.0.1.1\nweb\tfd00::1 10.0.0.1\n");
}

TEST_SUITE_END();

}  // namespace leases::cli::test
