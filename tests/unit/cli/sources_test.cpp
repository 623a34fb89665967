#include <filesystem>
#include <fstream>

#include "tests/unit/cli/check_fixture.h"
#include "util/directory.h"
#include "util/privileges.h"

namespace leases::cli::test {

namespace fs = std::filesystem;

namespace {

const std::string kLine = "4102444800 02:00:00:00:00:01 10.0.0.1 web *\n";

/// A host that imports a lease file of dnsmasq's, with one lease in it.
class HostWithSources : public CheckFixture {
 public:
  HostWithSources() {
    set_source(path_of("dnsmasq.leases"));
    file("dnsmasq.leases", kLine);
    import();
  }
  void set_source(const std::string& path) {
    change_settings([&](Settings& settings) {
      settings.sources = {{SourceKind::dnsmasq_leases, path, "lan"}};
    });
  }
};

FakeProcess follower_of_service() {
  FakeProcess follower{"leasectl", {"/usr/bin/leasectl", "import", "--follow"}};
  follower.service = "leases-import";
  return follower;
}

}  // namespace

TEST_SUITE_BEGIN("sources");

TEST_CASE("an index that is up to date is well") {
  CHECK(HostWithSources().report(check_sources) ==
        "ok       sources        the index is up to date with other programs' files (1)\n");
  CHECK(CheckFixture().report(check_sources) ==
        "ok       sources        the index is up to date with other programs' files (0)\n");
}

TEST_CASE("a file that was written since is a problem") {
  const HostWithSources host;
  host.file("dnsmasq.leases", kLine + "4102444800 02:00:00:00:00:02 10.0.0.2 db *\n");
  CHECK(host.report(check_sources) ==
        "problem  sources        /dnsmasq.leases was written, and the index is not up to date with it; to "
        "fix it: "
        "leasectl import\n");
}

TEST_CASE("a file whose writer is at work is unknown") {
  const HostWithSources host;
  std::ofstream writer(host.path_of("dnsmasq.leases"), std::ios::trunc);
  CHECK(host.report(check_sources) == "unknown  sources        /dnsmasq.leases is being written\n");
}

TEST_CASE("a file that was removed is a problem") {
  const HostWithSources host;
  fs::remove(host.path_of("dnsmasq.leases"));
  CHECK(host.report(check_sources) ==
        "problem  sources        /dnsmasq.leases does not exist, but the index still has it; to fix it: "
        "leasectl "
        "import\n");
}

TEST_CASE("a source that is not there may come, or be misspelt") {
  CheckFixture host;
  host.change_settings([&](Settings& settings) {
    settings.sources = {{SourceKind::dnsmasq_leases, host.path_of("later.leases"), "lan"},
                        {SourceKind::dnsmasq_leases, host.path_of("later/*.leases"), ""}};
  });
  CHECK(host.report(check_sources) == "unknown  sources        the source /later.leases in " +
                                          std::string(paths::kConfig) +
                                          " does not exist\nunknown  sources        the source "
                                          "/later/*.leases in " +
                                          paths::kConfig + " matches no file\n");
}

TEST_CASE("under systemd, something has to follow the files") {
  const HostWithSources host;
  fs::create_directories(host.context().systemd);
  CHECK(host.report(check_sources) ==
        "problem  sources        nothing follows other programs' files: leases-import.service does not run; "
        "to fix it: systemctl enable --now leases-import.path && systemctl start leases-import.service\n");
  host.process(700, {"leasectl", {"leasectl", "watch", "--follow"}});
  CHECK_FALSE(all_well(check_sources(host.context())));
  host.process(701, {"leasectl", {"/usr/bin/leasectl", "import", "--follow"}});
  CHECK(all_well(check_sources(host.context())));
  CHECK(all_well(check_sources(CheckFixture().context())));
}

TEST_CASE("what follows the files has to start at the boot, too") {
  const HostWithSources host;
  fs::create_directories(host.context().systemd);
  host.process(701, follower_of_service());
  CHECK(host.report(check_sources) ==
        "problem  sources        nothing will follow other programs' files after the next boot: "
        "leases-import.path is not enabled; to fix it: systemctl enable leases-import.path\n");
  host.file("etc/systemd/system/paths.target.wants/leases-import.path", "");
  CHECK(all_well(check_sources(host.context())));
}

TEST_CASE("what follows the files may be started at the boot by any target") {
  const HostWithSources host;
  fs::create_directories(host.context().systemd);
  host.process(701, follower_of_service());
  for (const char* link : {"etc/systemd/system/multi-user.target.wants/leases-import.service",
                           "usr/lib/systemd/system/paths.target.wants/leases-import.path"}) {
    CAPTURE(link);
    CHECK_FALSE(all_well(check_sources(host.context())));
    const std::string path = host.file(link, "");
    CHECK(all_well(check_sources(host.context())));
    fs::remove(path);
  }
  // A unit that was removed is not started.
  fs::create_symlink("/nowhere",
                     host.path_of("etc/systemd/system/multi-user.target.wants/leases-import.path"));
  CHECK_FALSE(all_well(check_sources(host.context())));
}

TEST_CASE("what follows the files of a container is not the service of this host") {
  const HostWithSources host;
  fs::create_directories(host.context().systemd);
  FakeProcess follower = follower_of_service();
  follower.container = "/machine.slice/ct.scope";
  host.process(701, follower);
  CHECK(all_well(check_sources(host.context())));
  // It does not hide that the host's own is not enabled.
  follower.container.clear();
  host.process(702, follower);
  CHECK_FALSE(all_well(check_sources(host.context())));
}

TEST_CASE("a file with nothing in it yet is well, though the index does not know it") {
  CheckFixture host;
  host.change_settings([&](Settings& settings) {
    settings.libvirt_directory = host.path_of("libvirt");
    settings.sources = {{SourceConfig::kLibvirt, host.path_of("libvirt"), ""}};
  });
  host.file("libvirt/virbr0.status", "[]\n");
  CHECK(host.report(check_sources) ==
        "ok       sources        the index is up to date with other programs' files (1)\n");
  host.file("libvirt/virbr0.status",
            "[{\"ip-address\": \"10.0.0.1\", \"mac-address\": \"02:00:00:00:00:01\", \"expiry-time\": "
            "4102444800}]\n");
  CHECK(host.report(check_sources).starts_with("problem  sources        /libvirt/virbr0.status was written"));
}

TEST_CASE("a file that the configuration does not name any more is a problem") {
  HostWithSources host;
  host.change_settings([](Settings& settings) { settings.sources.clear(); });
  CHECK(host.report(check_sources) ==
        "problem  sources        /dnsmasq.leases is not a source any more, but the index still has it; to "
        "fix it: "
        "leasectl import\n");
}

TEST_CASE("a file in a directory that this user cannot list may be a source still") {
  CheckFixture host;
  const std::string file = host.file("incus/br0/dnsmasq.leases", "");
  host.change_settings([&](Settings& settings) {
    settings.sources = {{SourceKind::dnsmasq_leases, host.path_of("incus/*/dnsmasq.leases"), ""}};
  });
  host.import();
  host.process(812, {"dnsmasq",
                     {"dnsmasq", "--dhcp-range=10.0.0.1,10.0.0.9", "-C", host.file("raw", ""),
                      "--dhcp-leasefile=" + file}});
  const auto reports = [&] { return host.report(check_sources) + host.report(check_dnsmasq); };
  const std::string before = reports();
  CHECK(before.find("/incus/br0/dnsmasq.leases is not a source any more") == std::string::npos);
  CHECK(before.find("its leases are imported from /incus/br0/dnsmasq.leases") != std::string::npos);
  // Root has none here: an import keeps the one to read.
  drop_privileges(*Directory::open_existing(host.path_of("")));
  ::chmod(host.path_of("incus").c_str(), 0111);
  const std::string after = reports();
  CAPTURE(after);
  CHECK(after.find("cannot be read") != std::string::npos);
  CHECK(after.find("is not a source any more") == std::string::npos);
  CHECK(after.find("its leases are imported from /incus/br0/dnsmasq.leases") != std::string::npos);
  ::chmod(host.path_of("incus").c_str(), 0755);
}

TEST_CASE("a file that could not be imported is a problem") {
  const HostWithSources host;
  host.file("dnsmasq.leases", "this is not a lease\n");
  host.import();
  const std::string report = host.report(check_sources);
  CHECK(report.starts_with("problem  sources        /dnsmasq.leases "));
  CHECK(
      report.ends_with("; its earlier leases stay until its writer writes it again; look at: ls -ld "
                       "/dnsmasq.leases\n"));
}

TEST_CASE("a file that is left out is a problem, or unknown to a user who is not root") {
  CheckFixture host;
  host.file("a b.leases", "");
  host.change_settings([&](Settings& settings) {
    settings.sources = {{SourceKind::dnsmasq_leases, host.path_of("*.leases"), ""}};
  });
  const std::string report = host.report(check_sources);
  CAPTURE(report);
  CHECK(report.find("/a b.leases") != std::string::npos);
  CHECK(report.starts_with(::geteuid() == 0 ? "problem  sources        " : "unknown  sources        "));
  CHECK(report.ends_with("; look at: man nss-leases.conf\n") == (::geteuid() == 0));
}

TEST_CASE("without an index the files cannot be compared") {
  const HostWithSources host;
  fs::remove(host.index_path());
  CHECK(host.report(check_sources) ==
        "unknown  sources        without an index, other programs' files cannot be compared with it\n");
}

TEST_CASE("a file that this user may not look at is unknown") {
  HostWithSources host;
  host.file("closed/dnsmasq.leases", "");
  host.set_source(host.path_of("closed/dnsmasq.leases"));
  host.import();
  // Root has none here: an import keeps the one to read.
  drop_privileges(*Directory::open_existing(host.path_of("")));
  ::chmod(host.path_of("closed").c_str(), 0);
  CHECK(host.report(check_sources) ==
        "unknown  sources        /closed/dnsmasq.leases is not readable by this user\n");
  ::chmod(host.path_of("closed").c_str(), 0700);
}

TEST_SUITE_END();

}  // namespace leases::cli::test
