#include "import/source_domain.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "tests/support/files.h"
#include "tests/support/source_fixture.h"

namespace leases::test {

namespace {

/// A store whose sources have the domain lab.example, and libvirt's one network.
class Domains : public Sources {
 public:
  Domains() {
    set_domain("lab.example");
    write_file(virbr0(".status"), libvirt_status({libvirt_record("192.168.122.5", kMac, "web")}));
    write_file(lease_file(), lease_line("10.0.0.7", "printer") + lease_line("10.0.0.8", "db.corp.example"));
    CHECK(import().empty());
  }

  void set_domain(const std::string& domain) {
    change_settings([&](Settings& settings) {
      for (SourceConfig& source : settings.sources) source.domain = domain;
      settings.sources[0].network = "vms";
    });
  }
};

}  // namespace

TEST_SUITE_BEGIN("source_domain");

TEST_CASE("a domain names the leases that have none") {
  const Domains lab;
  CHECK(lab.addresses("web.lab.example") == Names{"192.168.122.5"});
  CHECK(lab.addresses("printer.lab.example") == Names{"10.0.0.7"});
  CHECK(lab.addresses("db.corp.example") == Names{"10.0.0.8"});
  CHECK(lab.addresses("db.lab.example").empty());
  CHECK(lab.import().empty());
}

TEST_CASE("libvirt's networks may have another name") {
  const Domains lab;
  CHECK(lab.addresses("web.vms") == Names{"192.168.122.5"});
  CHECK(lab.addresses("web.virbr0").empty());
}

TEST_CASE("another domain counts at once, although the files are the same") {
  Domains lab;
  lab.set_domain("other.example");
  CHECK(lab.import().empty());
  CHECK(lab.addresses("printer.other.example") == Names{"10.0.0.7"});
  CHECK(lab.addresses("printer.lab.example").empty());
  lab.set_domain("");
  CHECK(lab.import().empty());
  CHECK(lab.addresses("printer.other.example").empty());
  CHECK(lab.addresses("printer") == Names{"10.0.0.7"});
  CHECK(lab.addresses("db.corp.example") == Names{"10.0.0.8"});
}

TEST_CASE("a lease file of Incus' has the domain of its network, also while that is restarted") {
  Sources lab;
  const std::string network = lab.path_of("incusbr0");
  const std::string process = network + "/dnsmasq.pid";
  std::filesystem::create_directory(network);
  write_file(network + "/dnsmasq.raw", "");
  write_file(network + "/dnsmasq.leases", lease_line("10.0.0.7", "vm1"));
  write_file(process, "name: dnsmasq\nargs: [-s, incus, -S, /incus/]\npid: 5\n");
  lab.change_settings([&](Settings& settings) {
    settings.sources = {{SourceKind::dnsmasq_leases, lab.path_of("*/dnsmasq.leases"), ""}};
  });
  lab.import();
  CHECK(lab.addresses("vm1.incus") == Names{"10.0.0.7"});
  CHECK(lab.addresses("vm1.incusbr0") == Names{"10.0.0.7"});
  std::filesystem::remove(process);
  write_file(network + "/dnsmasq.leases", lease_line("10.0.0.7", "vm1") + lease_line("10.0.0.8", "vm2"));
  lab.import();
  CHECK(lab.addresses("vm2.incus") == Names{"10.0.0.8"});
  write_file(process, "name: dnsmasq\nargs: [-s, lab.example]\npid: 6\n");
  lab.import();
  CHECK(lab.addresses("vm1.incus").empty());
  CHECK(lab.addresses("vm1.lab.example") == Names{"10.0.0.7"});
  lab.change_settings([](Settings& settings) { settings.sources[0].domain = "mine.example"; });
  lab.import();
  CHECK(lab.addresses("vm1.mine.example") == Names{"10.0.0.7"});
}

TEST_CASE("a network of libvirt's has the domain that its dnsmasq has, also while that cannot be read") {
  Sources lab;
  const auto configure = [&](const std::string& text) {
    write_file(lab.libvirt() + "/default.conf", text);
    CHECK(lab.import().empty());
  };
  write_file(lab.virbr0(".status"), libvirt_status({libvirt_record("192.168.122.5", kMac, "web")}));
  configure("strict-order\ndomain=lab.test\nexpand-hosts\ninterface=virbr0\ndomain=other.test,10.0.0.0/8\n");
  CHECK(lab.addresses("web.lab.test") == Names{"192.168.122.5"});
  CHECK(lab.addresses("web.virbr0") == Names{"192.168.122.5"});
  CHECK(lab.addresses("web.other.test").empty());
  configure("");
  CHECK(lab.addresses("web.lab.test") == Names{"192.168.122.5"});
  configure("domain=lab.test\ninterface=virbr1\n");
  CHECK(lab.addresses("web.lab.test") == Names{"192.168.122.5"});
  configure("domain=localhost\ninterface=virbr0\n");
  CHECK(lab.addresses("web.lab.test").empty());
  CHECK(lab.addresses("web") == Names{"192.168.122.5"});
  configure("domain=lab.test\ninterface=virbr0\n");
  lab.change_settings([](Settings& settings) { settings.sources[0].domain = "mine.example"; });
  CHECK(lab.import().empty());
  CHECK(lab.addresses("web.mine.example") == Names{"192.168.122.5"});
  CHECK(lab.addresses("web.lab.test").empty());
}

TEST_CASE("a directory of libvirt's that cannot be read has no domains to tell, and hinders nobody") {
  Sources lab;
  const std::string file = lab.path_of("file");
  write_file(file, "");
  CHECK_FALSE(LibvirtDomains(file + "/virbr0.status").of("virbr0").has_value());
  CHECK_FALSE(LibvirtDomains(lab.path_of("missing") + "/virbr0.status").of("virbr0").has_value());
}

TEST_CASE("no link that others can change leads to a domain") {
  Sources lab;
  const std::string secret = lab.path_of("secret");
  const std::string open = lab.path_of("open");
  for (const std::string& directory : {secret, open}) std::filesystem::create_directory(directory);
  write_file(secret + "/default.conf", "domain=secret.test\ninterface=virbr0\n");
  CHECK(LibvirtDomains(secret + "/virbr0.status").of("virbr0") == "secret.test");
  std::filesystem::create_directory_symlink(secret, open + "/link");
  CHECK(LibvirtDomains(open + "/link/virbr0.status").of("virbr0") == "secret.test");
  std::filesystem::permissions(open, std::filesystem::perms::all);
  CHECK_FALSE(LibvirtDomains(open + "/link/virbr0.status").of("virbr0").has_value());
}

TEST_SUITE_END();

}  // namespace leases::test
