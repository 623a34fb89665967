#include "store/settings.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "common/source_kind.h"
#include "paths.h"
#include "store/transaction.h"
#include "tests/support/files.h"
#include "tests/unit/store/config_file.h"

namespace leases::test {

namespace {

bool has_default_directories(const Settings& settings) {
  return settings.state_directory == paths::kStateDirectory &&
         settings.runtime_directory == paths::kRuntimeDirectory;
}

}  // namespace

TEST_SUITE_BEGIN("settings");

TEST_CASE("without a file everything has its default") {
  const Settings settings = read_settings("/nonexistent/nss-leases.conf");
  CHECK(has_default_directories(settings));
  CHECK(settings.problems.empty());
  CHECK_FALSE(settings.names.refusal("web"));
}

TEST_CASE("an empty file and one of comments set nothing") {
  for (const std::string_view text :
       {"", "\n", "# nothing\n", "[names]\n", "[names]\ndeny = []\nallow = []\n"}) {
    CAPTURE(text);
    const Settings settings = ConfigFile(text).read();
    CHECK(has_default_directories(settings));
    CHECK(settings.problems.empty());
  }
}

TEST_CASE("everything that can be set is read") {
  const Settings settings = ConfigFile(R"(# an instance of its own
state-directory = "/srv/leases/state"
runtime-directory = '/srv/leases/run'

[names]
deny = ["db-*", "ubuntu"]
allow = ["db-1"]
)")
                                .read();
  CHECK(settings.problems.empty());
  CHECK(settings.state_directory == "/srv/leases/state");
  CHECK(settings.runtime_directory == "/srv/leases/run");
  CHECK(settings.names.refusal("ubuntu"));
  CHECK(settings.names.refusal("db-2"));
  CHECK_FALSE(settings.names.refusal("db-1"));
}

TEST_CASE("an error names the file, the line and the key, and the rest is read all the same") {
  struct Wrong {
    std::string text;
    std::string line;
    std::string key;
  };
  for (const Wrong& wrong :
       std::initializer_list<Wrong>{{"\nstate-directory = 5\n", "line 2", "state-directory"},
                                    {"state-directory = \"relative\"\n", "line 1", "state-directory"},
                                    {"state-directory = \"\"\n", "line 1", "state-directory"},
                                    {"\n\nstate-directory = [\"/srv\"]\n", "line 3", "state-directory"},
                                    {"\nstate-direktory = \"/srv\"\n", "line 2", "state-direktory"}}) {
    CAPTURE(wrong.text);
    const ConfigFile file(wrong.text + "runtime-directory = \"/srv/run\"\n[names]\ndeny = [\"bad\"]\n");
    const Settings settings = file.read();
    REQUIRE(settings.problems.size() == 1);
    CHECK_MESSAGE(mentions(settings.problems[0], {file.path(), wrong.line, '\'' + wrong.key + '\''}),
                  settings.problems[0]);
    CHECK(settings.problems[0].find('\n') == std::string::npos);
    CHECK(settings.state_directory == paths::kStateDirectory);
    CHECK(settings.runtime_directory == "/srv/run");
    CHECK(settings.names.refusal("bad"));
  }
}

TEST_CASE("an error in a list of names keeps that list's default and reads the other") {
  for (const std::string_view deny : {"\"bad\"", "5", "[1, 2]", "[\"bad\", 1]", "{}", "true"}) {
    CAPTURE(deny);
    const Settings settings =
        ConfigFile("[names]\nallow = [\"x\"]\ndeny = " + std::string(deny) + "\n").read();
    REQUIRE(settings.problems.size() == 1);
    CHECK_MESSAGE(mentions(settings.problems[0], {"line 3", "'names.deny'"}), settings.problems[0]);
    CHECK_FALSE(settings.names.refusal("bad"));
  }
  const Settings settings = ConfigFile("[names]\ndeni = []\ndeny = [\"bad\"]\n").read();
  REQUIRE(settings.problems.size() == 1);
  CHECK_MESSAGE(mentions(settings.problems[0], {"line 2", "'names.deni'"}), settings.problems[0]);
  CHECK(settings.names.refusal("bad"));
}

TEST_CASE("the hosts files are the standard one, unless others are named") {
  using Paths = std::vector<std::string>;
  CHECK(read_settings("/nonexistent/nss-leases.conf").hosts_files == Paths{"/etc/hosts"});
  const auto files = [](std::string_view value, std::size_t problems) {
    const Settings settings = ConfigFile("[names]\nhosts-files = " + std::string(value) + "\n").read();
    CHECK(settings.problems.size() == problems);
    if (problems > 0) CHECK(mentions(settings.problems[0], {"line 2", "'names.hosts-files'"}));
    return settings.hosts_files;
  };
  CHECK(files("[]", 0).empty());
  CHECK(files("[\"/a\", \"/b\"]", 0) == Paths{"/a", "/b"});
  for (const std::string_view wrong : {"[\"/a\", \"b\"]", "[\"\"]", "[5]", "\"/a\"", "true"}) {
    CAPTURE(wrong);
    CHECK(files(wrong, 1) == Paths{"/etc/hosts"});
  }
}

TEST_CASE("names that is no section is an error") {
  const Settings settings = ConfigFile("names = [\"bad\"]\n").read();
  REQUIRE(settings.problems.size() == 1);
  CHECK(mentions(settings.problems[0], {"line 1", "'names'"}));
}

TEST_CASE("libvirt's directory is the first source, unless it is turned off") {
  const auto only_libvirt = [](const Settings& settings, std::string_view directory) {
    return settings.libvirt_directory == directory && settings.sources.size() == 1 &&
           settings.sources[0].kind == SourceConfig::kLibvirt && settings.sources[0].path == directory &&
           settings.sources[0].network.empty();
  };
  CHECK(only_libvirt(read_settings("/nonexistent/nss-leases.conf"), paths::kLibvirtDirectory));
  CHECK(only_libvirt(ConfigFile("").read(), paths::kLibvirtDirectory));
  CHECK(only_libvirt(ConfigFile("libvirt-directory = \"/srv/libvirt\"\n").read(), "/srv/libvirt"));
  CHECK(only_libvirt(ConfigFile("no TOML\n").read(), paths::kLibvirtDirectory));

  const Settings off = ConfigFile("libvirt-directory = ''\n").read();
  CHECK(off.problems.empty());
  CHECK(off.libvirt_directory.empty());
  CHECK(off.sources.empty());

  for (const std::string_view wrong : {"false", "'dnsmasq'", "' '", "['/srv']"}) {
    CAPTURE(wrong);
    const Settings settings = ConfigFile("\nlibvirt-directory = " + std::string(wrong) + "\n").read();
    CHECK(only_libvirt(settings, paths::kLibvirtDirectory));
    REQUIRE(settings.problems.size() == 1);
    CHECK_MESSAGE(mentions(settings.problems[0], {"line 2", "'libvirt-directory'"}), settings.problems[0]);
  }
}

TEST_CASE("what is in the state directory is not libvirt's, too") {
  const Settings settings =
      ConfigFile("state-directory = '/srv/leases'\nlibvirt-directory = '/srv/leases/'\n").read();
  CHECK(settings.problems.size() == 1);
  CHECK(settings.sources.empty());
}

TEST_CASE("sources are read in their order") {
  const Settings settings = ConfigFile(R"(
[[source]]
kind = "dnsmasq-leases"
path = "/var/lib/misc/dnsmasq.leases"
network = "lan"

[[source]]
kind = "libvirt"
path = "/srv/*/libvirt"
network = "vms"
domain = "vm.example"

[[source]]
path = "/srv/vms.macs"
kind = "mac-map"
)")
                                .read();
  CHECK(settings.problems.empty());
  REQUIRE(settings.sources.size() == 4);
  CHECK(settings.sources[0].path == settings.libvirt_directory);
  CHECK(settings.sources[1].kind == SourceConfig::Kind(SourceKind::dnsmasq_leases));
  CHECK(settings.sources[1].path == "/var/lib/misc/dnsmasq.leases");
  CHECK(settings.sources[1].network == "lan");
  CHECK(settings.sources[2].kind == SourceConfig::kLibvirt);
  CHECK(settings.sources[2].path == "/srv/*/libvirt");
  CHECK(settings.sources[1].domain.empty());
  CHECK(settings.sources[2].network == "vms");
  CHECK(settings.sources[2].domain == "vm.example");
  CHECK(settings.sources[3].kind == SourceConfig::Kind(SourceKind::mac_map));
  CHECK(settings.sources[3].path == "/srv/vms.macs");
  CHECK(settings.sources[3].network.empty());
}

TEST_CASE(
    "a source for libvirt's directory says what its domain is called, and its networks keep their names") {
  for (const std::string_view path : {"/srv/libvirt", "/srv/libvirt/", "//srv//libvirt"}) {
    CAPTURE(path);
    const Settings settings =
        ConfigFile(
            "libvirt-directory = '/srv/libvirt'\n[[source]]\nkind = 'libvirt'\nnetwork = 'vms'\n"
            "domain = 'vm.example'\npath = '" +
            std::string(path) + "'\n")
            .read();
    CHECK(settings.problems.empty());
    REQUIRE(settings.sources.size() == 2);
    CHECK(settings.sources[0].path == "/srv/libvirt");
    CHECK(settings.sources[0].network.empty());
    CHECK(settings.sources[0].domain == "vm.example");
    CHECK(settings.sources[1].path == "/srv/libvirt");
  }
}

TEST_CASE("a source may have the kinds that are configurable, and the message names them") {
  for (const SourceProperties& kind : kSourceKinds) {
    CAPTURE(kind.name);
    const Settings settings =
        ConfigFile("[[source]]\nkind = '" + std::string(kind.name) + "'\npath = '/srv/x'\n").read();
    CHECK(settings.problems.empty() == kind.is_configurable);
    if (kind.is_configurable) CHECK(settings.sources.back().kind == SourceConfig::Kind(kind.kind));
  }
  const Settings wrong = ConfigFile("[[source]]\nkind = 'lxd'\npath = '/srv/x'\n").read();
  REQUIRE(wrong.problems.size() == 1);
  CHECK_MESSAGE(
      wrong.problems[0].find("\"libvirt\", \"dnsmasq-leases\", \"mac-map\", \"kea-leases\", "
                             "\"isc-dhcpd-leases\", \"networkd\", \"dhcp-hosts\" or \"shared-status\"") !=
          std::string::npos,
      wrong.problems[0]);
}

TEST_CASE("a source with an error is left out, and the rest is read all the same") {
  struct Wrong {
    std::string source;
    std::string_view line;
    std::string_view key;
  };
  const std::string good = "[[source]]\nkind = 'mac-map'\npath = '/srv/good'\n";
  const std::string leases = "[[source]]\nkind = 'dnsmasq-leases'\n";
  for (const Wrong& wrong : {
           Wrong{"[[source]]\npath = '/srv/x'\n", "line 4", "'source.kind'"},
           Wrong{"[[source]]\nkind = 'lxd'\npath = '/srv/x'\n", "line 5", "'source.kind'"},
           Wrong{"[[source]]\nkind = 1\npath = '/srv/x'\n", "line 5", "'source.kind'"},
           Wrong{leases, "line 4", "'source.path'"},
           Wrong{leases + "path = 'x'\n", "line 6", "'source.path'"},
           Wrong{leases + "path = ''\n", "line 6", "'source.path'"},
           Wrong{leases + "path = ['/srv/x']\n", "line 6", "'source.path'"},
           Wrong{leases + "path = '/srv/x'\nnetwork = ''\n", "line 7", "'source.network'"},
           Wrong{leases + "path = '/srv/x'\nnetwork = 'a/b'\n", "line 7", "'source.network'"},
           Wrong{leases + "path = '/srv/x'\nnetwork = 1\n", "line 7", "'source.network'"},
           Wrong{leases + "path = '/srv/x'\nnetwrok = 'lan'\n", "line 7", "'source.netwrok'"},
           Wrong{"[[source]]\nkind = 'libvirt'\npath = '/srv/x'\nnetwork = 'a/b'\n", "line 7",
                 "'source.network'"},
           Wrong{leases + "path = '/srv/x'\ndomain = 'a..b'\n", "line 7", "'source.domain'"},
           Wrong{leases + "path = '/srv/x'\ndomain = 'x.localhost'\n", "line 7", "'source.domain'"},
           Wrong{leases + "path = '/srv/x'\ndomain = 1\n", "line 7", "'source.domain'"},
           Wrong{leases + "path = '/srv/x'\nhost = 'hv1'\n", "line 7", "'source.host'"},
           Wrong{"[[source]]\nkind = 'shared-status'\npath = '/srv/x'\nhost = 'a.b'\n", "line 7",
                 "'source.host'"},
       }) {
    CAPTURE(wrong.source);
    const Settings settings = ConfigFile(good + wrong.source + good + "[names]\ndeny = ['bad']\n").read();
    REQUIRE(settings.problems.size() == 1);
    CHECK_MESSAGE(mentions(settings.problems[0], {wrong.line, wrong.key}), settings.problems[0]);
    CHECK(settings.problems[0].find('\n') == std::string::npos);
    REQUIRE(settings.sources.size() == 3);
    CHECK(settings.sources[1].path == "/srv/good");
    CHECK(settings.sources[2].path == "/srv/good");
    CHECK(settings.names.refusal("bad"));
  }
  CHECK(ConfigFile("[[source]]\n").read().problems.size() == 2);
}

TEST_CASE("source that is no list of sections is an error") {
  for (const std::string_view text : {"source = 1", "source = '/srv/x'", "[source]", "source = [1]",
                                      "source = ['/srv/x']", "source = [[]]"}) {
    CAPTURE(text);
    const Settings settings = ConfigFile('\n' + std::string(text) + '\n').read();
    REQUIRE(settings.problems.size() == 1);
    CHECK_MESSAGE(mentions(settings.problems[0], {"line 2", "'source'", "[[source]]"}), settings.problems[0]);
    CHECK(settings.sources.size() == 1);
  }
  const Settings settings = ConfigFile("source = [5, {kind = 'mac-map', path = '/srv/x'}]\n").read();
  CHECK(settings.problems.size() == 1);
  CHECK(settings.sources.size() == 2);
  CHECK(ConfigFile("source = []\n").read().problems.empty());
}

TEST_CASE("what other hosts share is the last source, in the state directory, if there is a section for it") {
  CHECK(ConfigFile("libvirt-directory = ''\n").read().sources.empty());
  CHECK(ConfigFile("libvirt-directory = ''\n[share]\nendpoints = 1\n").read().sources.size() == 1);
  const Settings settings =
      ConfigFile("state-directory = '/srv/leases'\n[share]\nendpoints = ['http://etcd1:2379']\n").read();
  CHECK(settings.sources.back().kind == SourceConfig::Kind(SourceKind::shared_status));
  CHECK(settings.sources.back().path == "/srv/leases/shared/*/*.status");
}

TEST_CASE("every error is told") {
  const Settings settings =
      ConfigFile("a = 1\nb = 2\nstate-directory = 3\n[names]\ndeny = 4\nallow = 5\n").read();
  CHECK(settings.problems.size() == 5);
}

TEST_CASE("a file that is no TOML gives the defaults and the line") {
  for (const std::string& text :
       {std::string("state-directory = \"/srv\"\nruntime-directory\n"), std::string("\n= 1\n"),
        std::string("\nstate-directory = \"/a\"\nstate-directory = \"/b\"\n"), std::string("\n[names\n"),
        std::string("\nstate-directory = \"/srv\n"), std::string("\n\xff\xfe\n"), std::string("\n\0\n", 3)}) {
    CAPTURE(text);
    const Settings settings = ConfigFile(text).read();
    REQUIRE(settings.problems.size() == 1);
    CHECK_MESSAGE(mentions(settings.problems[0], {", line "}), settings.problems[0]);
    CHECK_FALSE(mentions(settings.problems[0], {"line 0"}));
    CHECK(settings.problems[0].find('\n') == std::string::npos);
    CHECK(has_default_directories(settings));
    CHECK(settings.knows_directories == (text.find("-directory") == std::string::npos));
  }
}

TEST_CASE("a directory that is no absolute path is not known, and nothing is done without it") {
  for (const std::string key : {"state-directory", "runtime-directory"}) {
    const Settings settings = ConfigFile(key + " = 'srv'\n").read();
    CHECK_FALSE(settings.knows_directories);
    CHECK_THROWS_AS(require_directories(settings), Error);
    CHECK_THROWS_AS(StoreTransaction{settings}, Error);
    CHECK(ConfigFile(key + " = '/srv'\n").read().knows_directories);
  }
  CHECK(ConfigFile("libvirt-directory = 'srv'\n").read().knows_directories);
  CHECK_NOTHROW(require_directories(ConfigFile("colour = 1\n").read()));
}

TEST_CASE("what is no file gives the defaults and the reason") {
  const TemporaryDirectory directory;
  const Settings settings = read_settings(directory.path());
  CHECK(has_default_directories(settings));
  REQUIRE(settings.problems.size() == 1);
  CHECK(mentions(settings.problems[0], {directory.path()}));
}

TEST_CASE("a file that the helper's user may not read gives the defaults and the reason") {
  const ConfigFile file("state-directory = \"/srv\"\n");
  REQUIRE(::chmod(file.path().c_str(), 0) == 0);
  REQUIRE(::chmod(std::filesystem::path(file.path()).parent_path().c_str(), 0755) == 0);
  constexpr uid_t kNobody = 65534;
  // Root may read everything, so it has to be somebody else for a moment; without its capabilities it cannot.
  const bool is_nobody = ::setresuid(kNobody, kNobody, 0) == 0;
  const Settings settings = file.read();
  if (is_nobody) REQUIRE(::setresuid(0, 0, 0) == 0);
  CHECK(has_default_directories(settings));
  REQUIRE(settings.problems.size() == 1);
  CHECK_FALSE(settings.knows_directories);
  CHECK_MESSAGE(mentions(settings.problems[0], {file.path()}), settings.problems[0]);
  CHECK_MESSAGE(settings.problems[0].find("line 0") == std::string::npos, settings.problems[0]);
}

TEST_CASE("the path is the one that is named, else the environment's, else the standard one") {
  ::unsetenv("NSS_LEASES_CONFIG");
  CHECK(settings_path("") == paths::kConfig);
  ::setenv("NSS_LEASES_CONFIG", "", 1);
  CHECK(settings_path("") == paths::kConfig);
  ::setenv("NSS_LEASES_CONFIG", "/srv/a.conf", 1);
  CHECK(settings_path("") == "/srv/a.conf");
  CHECK(settings_path("/srv/b.conf") == "/srv/b.conf");
  ::unsetenv("NSS_LEASES_CONFIG");
}

TEST_SUITE_END();

}  // namespace leases::test
