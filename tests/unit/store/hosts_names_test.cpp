#include "store/hosts_names.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/files.h"
#include "tests/support/owned_lease.h"

namespace leases::test {

namespace {

namespace fs = std::filesystem;

/// The files read for one name and for any, which always have to say the same.
class BothWays {
 public:
  BothWays(std::vector<std::string> paths, std::string libvirt)
      : paths_(std::move(paths)), libvirt_(std::move(libvirt)), all_(paths_, libvirt_) {}

  [[nodiscard]] std::string refusal(const OwnedLease& lease) const {
    const HostsNames one(paths_, libvirt_, {lease.hostname, {}});
    const auto refused = one.refusal(lease.lease());
    CHECK(refused == all_.refusal(lease.lease()));
    if (!lease.hostname.empty()) CHECK(one.problems() == all_.problems());
    return refused.value_or("");
  }
  [[nodiscard]] const std::vector<std::string>& problems() const { return all_.problems(); }

 private:
  std::vector<std::string> paths_;
  std::string libvirt_;
  HostsNames all_;
};

/// A hosts file, and a directory like libvirt's.
class HostsLab {
 public:
  HostsLab() { fs::create_directories(libvirt()); }

  [[nodiscard]] std::string hosts() const { return place_.path_of("hosts"); }
  [[nodiscard]] std::string libvirt() const { return place_.path_of("libvirt"); }
  [[nodiscard]] std::string path_of(std::string_view name) const { return place_.path_of(name); }
  /// A file of a network of libvirt's.
  [[nodiscard]] std::string libvirts(std::string_view name) const {
    return libvirt() + '/' + std::string(name);
  }
  [[nodiscard]] BothWays names() const { return BothWays({hosts()}, libvirt()); }
  [[nodiscard]] std::string refusal(const OwnedLease& lease, const std::string& text) const {
    write_file(hosts(), text);
    return names().refusal(lease);
  }

 private:
  TemporaryDirectory place_;
};

/// 10.77.1.196 in br0.
OwnedLease lease_of(std::string_view name, std::string_view domain = {}) {
  OwnedLease lease = full_v4();
  lease.hostname = name;
  lease.domain = domain;
  return lease;
}

}  // namespace

TEST_SUITE_BEGIN("hosts_names");

TEST_CASE("a name that a hosts file gives to another address is refused, and who has it is told") {
  const HostsLab lab;
  for (const std::string_view text :
       {"10.0.0.200 gitlab", "10.0.0.200\tgitlab\n", "10.0.0.200 a b gitlab c\n", "10.0.0.200 GitLab.\n",
        "# gitlab\n\n 10.0.0.200  gitlab# and more\n", "10.0.0.200 gitlab\r\n",
        "10.0.0.1 x\n10.0.0.200 gitlab", "10.0.0.1 gitlab-a agitlab\n10.0.0.200 gitlab\n",
        "10.0.0.200 gitlab.br0\n", "10.0.0.200 gitlab.corp gitlab\n", "x gitlab\n10.0.0.200 gitlab\n"}) {
    CAPTURE(text);
    CHECK(lab.refusal(lease_of("GITLAB"), std::string(text)) == "is given to 10.0.0.200 by " + lab.hosts());
  }
}

TEST_CASE("a name that is only like one in a hosts file is accepted") {
  const HostsLab lab;
  for (const std::string_view text :
       {"", "\n", "10.0.0.200", "10.0.0.200 gitlab2 my-gitlab gitlab.corp\n", "# 10.0.0.200 gitlab\n",
        "10.0.0.200 x # gitlab\n", "gitlab 10.0.0.200\n", "x gitlab\n", "fd00::200 gitlab\n",
        "fe80::1%lo gitlab\n", "10.0.0.200 gitlab,x\n", "gitlab\n"}) {
    CAPTURE(text);
    CHECK(lab.refusal(lease_of("gitlab"), std::string(text)).empty());
  }
}

TEST_CASE("a name is the lease's own if any file gives it to its address") {
  const HostsLab lab;
  CHECK(lab.refusal(lease_of("web"), "10.77.1.196 web\n").empty());
  CHECK(lab.refusal(lease_of("web"), "10.0.0.200 web\n10.77.1.196 web\n").empty());
  CHECK(lab.refusal(lease_of("web"), "10.77.1.196 web.br0\n10.0.0.200 web\n") ==
        "is given to 10.0.0.200 by " + lab.hosts());
  const std::string second = lab.path_of("second");
  write_file(second, "10.77.1.196 web\n");
  CHECK(BothWays({lab.hosts(), second}, "").refusal(lease_of("web")).empty());
}

TEST_CASE("the domain that dnsmasq gives to a lease counts, and no other") {
  const HostsLab lab;
  CHECK_FALSE(lab.refusal(lease_of("web", "Lab.test"), "10.0.0.200 web.lab.test\n").empty());
  CHECK(lab.refusal(lease_of("web", "lab.test"), "10.0.0.200 web.lab web.corp.test\n").empty());
  CHECK(lab.refusal(lease_of("web"), "10.0.0.200 web.lab.test\n").empty());
}

TEST_CASE("each address family has its own names, as in dnsmasq") {
  const HostsLab lab;
  OwnedLease six = full_v6();
  six.hostname = "web";
  CHECK(lab.refusal(six, "10.0.0.200 web\n").empty());
  CHECK(lab.refusal(six, "10.0.0.200 web\nfd00::200 web\n") == "is given to fd00::200 by " + lab.hosts());
}

TEST_CASE("a lease without a name has none that could be refused") {
  const HostsLab lab;
  CHECK(lab.refusal(lease_of(""), "10.0.0.200 web .br0 .\n").empty());
}

TEST_CASE("a name is found wherever it stands in a large file") {
  const HostsLab lab;
  std::string text;
  for (int i = 0; i < 20'000; ++i)
    text += "0.0.0.0 ads" + std::to_string(i) + ".tracker.example name-" + std::to_string(i) + '\n';
  write_file(lab.hosts(), text);
  const BothWays names = lab.names();
  for (int i = 0; i < 20'000; i += 97) {
    CAPTURE(i);
    CHECK(names.refusal(lease_of("name-" + std::to_string(i))) == "is given to 0.0.0.0 by " + lab.hosts());
  }
  CHECK(names.refusal(lease_of("ads7")).empty());
  CHECK(names.refusal(lease_of("name-")).empty());
}

TEST_CASE("what a network of libvirt's has of its own counts in its bridge's leases alone") {
  const HostsLab lab;
  write_file(lab.libvirts("default.conf"), "##WARNING\nstrict-order\ninterface=br0\n");
  write_file(lab.libvirts("default.addnhosts"), "10.0.0.200\tgitlab\tgitlab.corp\n");
  CHECK(lab.names().refusal(lease_of("gitlab")) ==
        "is given to 10.0.0.200 by " + lab.libvirts("default.addnhosts"));
  OwnedLease elsewhere = lease_of("gitlab");
  elsewhere.network = "br1";
  CHECK(lab.names().refusal(elsewhere).empty());
  CHECK(BothWays({}, "").refusal(lease_of("gitlab")).empty());
  const HostsQuestion of_this{"gitlab", lab.libvirts("default.conf")};
  CHECK(HostsNames({}, lab.libvirt(), of_this).refusal(lease_of("gitlab").lease()));
  const HostsQuestion of_another{"gitlab", lab.libvirts("another.conf")};
  CHECK_FALSE(HostsNames({}, lab.libvirt(), of_another).refusal(lease_of("gitlab").lease()));
  const HostsQuestion of_no_network{"gitlab", lab.path_of("dnsmasq.conf")};
  CHECK(HostsNames({}, lab.libvirt(), of_no_network).refusal(lease_of("gitlab").lease()));
  fs::remove(lab.libvirts("default.conf"));
  CHECK_MESSAGE(lab.names().refusal(lease_of("gitlab")).empty(), "the network does not run");
}

TEST_CASE("a name that libvirt reserves for one client is refused to others") {
  const HostsLab lab;
  write_file(lab.libvirts("default.conf"), "interface=br0\n");
  const std::string file = lab.libvirts("default.hostsfile");
  const std::string refused = "is reserved for another client by " + file;
  const auto refusal = [&](const OwnedLease& lease, const std::string& text) {
    write_file(file, text);
    return lab.names().refusal(lease);
  };
  OwnedLease lease = lease_of("printer");
  const std::string mac(HardwareText(*lease.hardware).view());
  CHECK(refusal(lease, "52:54:00:77:00:99,10.0.0.77,printer\n") == refused);
  CHECK(refusal(lease, "52:54:00:77:00:99,printer,60m\n") == refused);
  CHECK(refusal(lease, mac + ",10.0.0.77,printer\n").empty());
  CHECK(refusal(lease, "52:54:00:77:00:99,printer\n" + mac + ",printer\n").empty());
  CHECK(refusal(lease, "52:54:00:77:00:99,10.0.0.77,printer2\n").empty());
  CHECK(refusal(lease, "52:54:00:77:00:99,10.0.0.77\n").empty());
  CHECK_MESSAGE(refusal(lease, "printer,10.0.0.77\n").empty(), "whoever calls itself so is meant");
  lease.hostname = "7z";
  CHECK(refusal(lease, "52:54:00:77:00:99,10.0.0.77,7z\n") == refused);
  lease.hostname = "infinite";
  CHECK(refusal(lease, "52:54:00:77:00:99,10.0.0.77,infinite\n").empty());

  OwnedLease six = full_v6();
  six.hostname = "printer";
  six.hardware.reset();
  CHECK(refusal(six, "id:00:01:02:03,printer,[fd00::7]\n") == refused);
  CHECK_MESSAGE(refusal(six, "52:54:00:77:00:99,10.0.0.77,printer\n").empty(), "it may be that client");
}

TEST_CASE("a directory stands for the files in it, but for those that dnsmasq passes over") {
  const HostsLab lab;
  const std::string directory = lab.path_of("hosts.d");
  fs::create_directories(directory + "/deeper");
  for (const char* name : {"one", "copy~", ".hidden", "#draft#", "deeper/two"})
    write_file(directory + '/' + name, "10.0.0.200 of-" + fs::path(name).filename().string().substr(0, 3));
  const BothWays names({directory}, "");
  CHECK(names.refusal(lease_of("of-one")) == "is given to 10.0.0.200 by " + directory + "/one");
  for (const char* name : {"of-cop", "of-.hi", "of-#dr", "of-two"})
    CHECK(names.refusal(lease_of(name)).empty());
  CHECK(names.problems().empty());
}

TEST_CASE("what cannot be read has no names and is told, but for the standard file that is not there") {
  const HostsLab lab;
  const std::string fifo = lab.path_of("fifo");
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  write_file(lab.hosts(), "10.0.0.200 gitlab\n");
  const BothWays names({lab.path_of("missing"), fifo, lab.hosts()}, lab.path_of("no-libvirt"));
  CHECK_FALSE(names.refusal(lease_of("gitlab")).empty());
  REQUIRE(names.problems().size() == 2);
  CHECK(names.problems()[0].starts_with(lab.path_of("missing") + ": cannot be read: No such file"));
  CHECK(names.problems()[1].starts_with(fifo + ": cannot be read: "));
}

TEST_SUITE_END();

}  // namespace leases::test
