#include "cli/checks/dnsmasq_server.h"

#include <filesystem>

#include "tests/unit/cli/check_fixture.h"

namespace leases::cli::test {

namespace {

FakeProcess dnsmasq(uid_t owner = 0, pid_t parent = 1) {
  FakeProcess process{"dnsmasq", {"dnsmasq", "--conf-file=/dev/null"}};
  process.owner = owner;
  process.parent = parent;
  return process;
}

/// The processes that are servers, in order.
std::vector<pid_t> ids(const CheckFixture& host, std::string* report = nullptr) {
  Findings findings("dnsmasq");
  std::vector<pid_t> found;
  for (const Server& server : servers(host.context(), findings)) found.push_back(server.process.id);
  if (report != nullptr) *report = host.report(std::move(findings).take());
  return found;
}

using Ids = std::vector<pid_t>;

}  // namespace

TEST_SUITE_BEGIN("dnsmasq_server");

TEST_CASE("a dnsmasq of root, dnsmasq or libvirt is a server") {
  const CheckFixture host;
  host.process(10, dnsmasq());
  host.process(11, dnsmasq(110));
  host.process(12, {"dnsmasqx", {"dnsmasq"}});
  std::string report;
  CHECK(ids(host, &report) == Ids{10, 11});
  CHECK(report.empty());
}

TEST_CASE("the child that runs the scripts is not another server") {
  const CheckFixture host;
  host.process(10, dnsmasq(110));
  host.process(11, dnsmasq(0, 10));
  host.process(12, dnsmasq(4242, 10));
  std::string report;
  CHECK(ids(host, &report) == Ids{10});
  CHECK(report.empty());
}

TEST_CASE("a dnsmasq that another one adopted is a server") {
  const CheckFixture host;
  host.process(10, dnsmasq());
  FakeProcess adopted = dnsmasq(0, 10);
  adopted.arguments.emplace_back("--port=0");
  host.process(20, adopted);
  adopted.parent = 20;
  host.process(21, adopted);
  CHECK(ids(host) == Ids{10, 20});
}

TEST_CASE("a dnsmasq of another network is a server, even if a container's first process has adopted it") {
  const CheckFixture host;
  host.process(1, dnsmasq(0, 0));
  host.process(20, dnsmasq(0, 1));
  const std::string network = host.file("proc/1/ns/net", "");
  // A namespace is a file, and two processes of one network show the same one.
  host.file("proc/20/ns/net", "");
  CHECK(ids(host) == Ids{1, 20});
  std::filesystem::remove(host.path_of("proc/20/ns/net"));
  std::filesystem::create_hard_link(network, host.path_of("proc/20/ns/net"));
  CHECK(ids(host) == Ids{1});
}

TEST_CASE("a dnsmasq that became another user is known by its child of root's") {
  const CheckFixture host;
  host.process(10, dnsmasq(65534));
  host.process(11, dnsmasq(0, 10));
  std::string report;
  CHECK(ids(host, &report) == Ids{10});
  CHECK(report.empty());
}

TEST_CASE("a process of another user, or of another program, is not trusted") {
  const CheckFixture host;
  host.process(10, dnsmasq(4242));
  FakeProcess other = dnsmasq();
  other.program = "usr/libexec/leaseshelper";
  host.process(11, other);
  std::string report;
  CHECK(ids(host, &report).empty());
  CHECK(
      report ==
      "unknown  dnsmasq        process 10 is called dnsmasq, but is run by user 4242, so its options are not "
      "checked\n"
      "unknown  dnsmasq        process 11 is called dnsmasq, but is not /usr/sbin/dnsmasq, so its options "
      "are not "
      "checked\n");
}

TEST_CASE("the system's service is root's, whatever user it has become") {
  const CheckFixture host;
  FakeProcess service = dnsmasq();
  service.owner = 4242;
  service.service = "dnsmasq";
  host.process(10, service);
  CHECK(ids(host) == std::vector<pid_t>{10});
  for (const char* of_others :
       {"/user.slice/user-4242.slice/user@4242.service/app.slice/dnsmasq.service",
        "/lxc.payload.c1/system.slice/dnsmasq.service",
        "/machine.slice/systemd-nspawn@c1.service/payload/system.slice/dnsmasq.service"}) {
    CAPTURE(of_others);
    host.file("proc/10/cgroup", std::string("0::") + of_others + '\n');
    CHECK(ids(host).empty());
  }
}

TEST_CASE("it is certain that it is dnsmasq if this user sees its program") {
  const CheckFixture host;
  host.process(10, dnsmasq());
  FakeProcess hidden = dnsmasq();
  hidden.program = "";
  host.process(11, hidden);
  Findings findings("dnsmasq");
  const auto found = servers(host.context(), findings);
  REQUIRE(found.size() == 2);
  CHECK(found[0].certain);
  CHECK_FALSE(found[1].certain);
}

TEST_CASE("a service is restarted by a command, another process by hand") {
  const CheckFixture host;
  FakeProcess service = dnsmasq();
  service.service = "dnsmasq";
  host.process(10, service);
  host.process(11, dnsmasq());
  Findings findings("dnsmasq");
  const auto found = servers(host.context(), findings);
  REQUIRE(found.size() == 2);
  CHECK(found[0].name() == "dnsmasq (process 10)");
  CHECK(found[0].restart_command() == "systemctl restart dnsmasq");
  CHECK(found[0].restart_advice().empty());
  CHECK(found[1].restart_command().empty());
  CHECK(found[1].restart_advice() == "; restart process 11");
}

TEST_CASE("a user's id and group are the third and fourth field of its line") {
  const CheckFixture host;
  const auto ids = [&](const char* name) {
    const auto user = user_of(host.context(), name);
    return user ? user->name + ' ' + std::to_string(user->id) + ' ' + std::to_string(user->group) : "none";
  };
  CHECK(ids("root") == "root 0 0");
  CHECK(ids("dnsmasq") == "dnsmasq 110 110");
  CHECK(ids("dns") == "none");
  CHECK(ids("nobody") == "none");
  host.file("etc/passwd", "a:x\nb:x:number:1\nc:x:7:number\nd:x:7:8\n");
  CHECK(ids("a") == "none");
  CHECK(ids("b") == "none");
  CHECK(ids("c") == "none");
  CHECK(ids("d") == "d 7 8");
}

TEST_SUITE_END();

}  // namespace leases::cli::test
