#include "import/source_list.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/files.h"
#include "tests/support/no_descriptor_left.h"

namespace leases::test {

namespace {

/// A directory with empty files in it.
class Tree {
 public:
  Tree(std::initializer_list<std::string_view> files) {
    for (const std::string_view file : files) {
      const std::string path = path_of(file);
      std::filesystem::create_directories(std::filesystem::path(path).parent_path());
      write_file(path, "");
    }
  }
  [[nodiscard]] std::string path_of(std::string_view name) const { return directory_.path_of(name); }
  [[nodiscard]] const std::string& path() const { return directory_.path(); }

 private:
  TemporaryDirectory directory_;
};

std::vector<SourceFile> files_without_problems(const std::vector<SourceConfig>& sources) {
  const SourceListing found = list_sources(sources);
  CHECK_MESSAGE(found.problems.empty(), found.problems.front());
  return found.files;
}

/// The network of the one file that a pattern stands for.
std::string network_behind(std::string_view file, std::string_view pattern) {
  const Tree tree{file};
  const SourceListing found = list_sources({{SourceKind::dnsmasq_leases, tree.path_of(pattern), ""}});
  if (found.files.size() == 1 && found.problems.empty()) return found.files[0].network;
  return "none of " + std::to_string(found.files.size());
}

}  // namespace

TEST_SUITE_BEGIN("source_list");

TEST_CASE("a directory of libvirt's is what is in it") {
  const Tree tree{"virbr0.status", "virbr0.macs",      "br0.100.status", "default.conf", "virbr1.status.new",
                  ".status",       "not a net.status", "-rf.macs",       "sub/x.status"};
  for (const std::string_view end : {"", "/", "//"}) {
    CHECK(files_without_problems({{SourceConfig::kLibvirt, tree.path() + std::string(end), ""}}) ==
          std::vector<SourceFile>{
              {SourceKind::libvirt_status, "br0.100", tree.path_of("br0.100.status"), "", true},
              {SourceKind::mac_map, "virbr0", tree.path_of("virbr0.macs")},
              {SourceKind::libvirt_status, "virbr0", tree.path_of("virbr0.status"), "", true},
          });
  }
}

TEST_CASE("directories of libvirt's can be a pattern") {
  const Tree tree{"a/dnsmasq/virbr0.status", "b/dnsmasq/virbr1.status"};
  CHECK(files_without_problems({{SourceConfig::kLibvirt, tree.path_of("*/dnsmasq"), ""}}) ==
        std::vector<SourceFile>{
            {SourceKind::libvirt_status, "virbr0", tree.path_of("a/dnsmasq/virbr0.status"), "", true},
            {SourceKind::libvirt_status, "virbr1", tree.path_of("b/dnsmasq/virbr1.status"), "", true},
        });
}

TEST_CASE("what is not there is nothing, but a file that is named may come yet") {
  const Tree tree{"file"};
  CHECK(files_without_problems({{SourceConfig::kLibvirt, tree.path_of("none"), ""},
                                {SourceConfig::kLibvirt, tree.path_of("file"), ""},
                                {SourceKind::dnsmasq_leases, tree.path_of("none/*.leases"), ""},
                                {SourceKind::mac_map, tree.path_of("*/macs"), ""}})
            .empty());
  CHECK(files_without_problems({{SourceKind::dnsmasq_leases, tree.path_of("dnsmasq.leases"), ""}}) ==
        std::vector<SourceFile>{{SourceKind::dnsmasq_leases, "dnsmasq", tree.path_of("dnsmasq.leases")}});
}

TEST_CASE("a network that is named is the network of every file") {
  const Tree tree{"a b.leases", "c.leases"};
  CHECK(files_without_problems({{SourceKind::dnsmasq_leases, tree.path_of("*.leases"), "lan"}}) ==
        std::vector<SourceFile>{{SourceKind::dnsmasq_leases, "lan", tree.path_of("a b.leases")},
                                {SourceKind::dnsmasq_leases, "lan", tree.path_of("c.leases")}});
  CHECK(files_without_problems({{SourceKind::mac_map, "/srv/vm.macs", "lan"}}) ==
        std::vector<SourceFile>{{SourceKind::mac_map, "lan", "/srv/vm.macs"}});
}

TEST_CASE("a MAC map that neither is named nor has a star is for all networks") {
  const Tree tree{"vms.json"};
  const SourceFile map{SourceKind::mac_map, "", tree.path_of("vms.json")};
  CHECK(files_without_problems({{SourceKind::mac_map, tree.path_of("vms.json"), ""}}) == std::vector{map});
  CHECK(files_without_problems({{SourceKind::mac_map, tree.path_of("vms.jso?"), ""}}) == std::vector{map});
  const SourceFile of_network{SourceKind::mac_map, "vms", map.path};
  CHECK(files_without_problems({{SourceKind::mac_map, tree.path_of("*.json"), ""}}) ==
        std::vector{of_network});
}

TEST_CASE("the first star stands for the network") {
  CHECK(network_behind("NetworkManager/dnsmasq-wlp3s0.leases", "NetworkManager/dnsmasq-*.leases") ==
        "wlp3s0");
  CHECK(network_behind("networks/incusbr0/dnsmasq.leases", "networks/*/dnsmasq.leases") == "incusbr0");
  CHECK(network_behind("lan-a/x.leases", "*-a//*.leases") == "lan");
  CHECK(network_behind("br0.100.leases", "*.leases") == "br0.100");
  CHECK(network_behind("dnsmasq-br0.leases", "dns?asq-*") == "br0.leases");
  CHECK(network_behind("dnsmasq-br0.leases", "[cd]nsmasq-*.l?as[a-f]s") == "br0");
  CHECK(network_behind("a-b-c.leases", "*-*.leases") == "a");
  CHECK(network_behind("br0", "*") == "br0");
}

TEST_CASE("without a star it is the file's name") {
  CHECK(network_behind("x.y/lan.leases", "x.y/lan.leases") == "lan");
  CHECK(network_behind("lan", "lan") == "lan");
  CHECK(network_behind("lan1.leases", "lan?.leases") == "lan1");
  CHECK(network_behind("lan[1].leases", "lan\\[1].leases") == "none of 0");
}

TEST_CASE("braces, tildes and variables are names like others") {
  const Tree tree{"a.leases", "b.leases"};
  CHECK(files_without_problems({{SourceKind::dnsmasq_leases, tree.path_of("{a,b}.leas?s"), "lan"}}).empty());
  CHECK(files_without_problems({{SourceKind::dnsmasq_leases, tree.path_of("~root/*"), "lan"}}).empty());
  CHECK(files_without_problems({{SourceKind::dnsmasq_leases, "/srv/$x{a,b}", "lan"}}) ==
        std::vector<SourceFile>{{SourceKind::dnsmasq_leases, "lan", "/srv/$x{a,b}"}});
}

TEST_CASE("a file whose network has no name is left out and says what to do") {
  const Tree tree{"a b.leases", "c.leases", "d/-x", "d/y"};
  for (const std::string_view pattern : {"*.leases", "a b.leases", "[!c] b.leases"}) {
    CAPTURE(pattern);
    const SourceListing found = list_sources({{SourceKind::dnsmasq_leases, tree.path_of(pattern), ""}});
    CHECK(found.files.size() == (pattern.front() == '*' ? 1 : 0));
    REQUIRE(found.problems.size() == 1);
    CHECK(found.problems[0].starts_with(tree.path_of("a b.leases: 'a b'")));
    CHECK(found.problems[0].find("'network'") != std::string::npos);
  }
  CHECK(list_sources({{SourceKind::mac_map, tree.path_of("d/*"), ""}}).problems.size() == 1);
  CHECK(list_sources({{SourceKind::dnsmasq_leases, tree.path_of("c[.]*"), ""}}).problems.empty());
  CHECK(list_sources({{SourceKind::dnsmasq_leases, tree.path_of("c**"), ""}}).problems.size() == 1);
}

TEST_CASE("a file does not get the network of others by its name") {
  const Tree tree{"own/lan", "own/office", "b/lan", "b/lab", "c/lab", "c/guests", "virbr0.status"};
  const SourceConfig starred{SourceKind::networkd, tree.path_of("own/*"), ""};
  const auto networks = [&](const std::vector<SourceConfig>& sources, const std::vector<std::string>& own) {
    const SourceListing found = list_sources(sources, own);
    CHECK(found.problems.size() == found.refused.size());
    std::vector<std::string> of;
    for (const SourceFile& file : found.files) of.push_back(file.path.substr(tree.path().size() + 1));
    return of;
  };
  using Paths = std::vector<std::string>;
  CHECK(networks({starred}, {}) == Paths{"own/lan", "own/office"});
  CHECK(networks({starred}, {"lan"}) == Paths{"own/office"});
  CHECK(networks({{SourceKind::networkd, tree.path_of("own/???"), ""}}, {}) == Paths{"own/lan"});
  CHECK(networks({{SourceKind::networkd, tree.path_of("own/???"), ""}}, {"lan"}).empty());
  CHECK(networks({starred, {SourceKind::dnsmasq_leases, tree.path_of("b/lab"), "office"}}, {}) ==
        Paths{"b/lab", "own/lan"});
  // Root named it.
  CHECK(networks({{SourceKind::networkd, tree.path_of("own/*"), "lan"}}, {"lan"}) ==
        Paths{"own/lan", "own/office"});
  // The first source has it.
  const SourceConfig b{SourceKind::networkd, tree.path_of("b/*"), ""};
  const SourceConfig c{SourceKind::kea_leases, tree.path_of("c/*"), ""};
  CHECK(networks({b, c}, {}) == Paths{"b/lab", "b/lan", "c/guests"});
  CHECK(networks({c, b}, {}) == Paths{"b/lan", "c/guests", "c/lab"});
  // A MAC map is for a network of others.
  CHECK(networks({{SourceKind::mac_map, tree.path_of("own/*"), ""}, b}, {"office"}) ==
        Paths{"b/lab", "b/lan", "own/lan", "own/office"});
  CHECK(networks({{SourceConfig::kLibvirt, tree.path(), ""},
                  {SourceKind::dnsmasq_leases, tree.path_of("*.status"), ""}},
                 {"virbr0"}) == Paths{"virbr0.status"});
}

TEST_CASE("one source for such a file fixes it, wherever it stands") {
  const Tree tree{"a b.leases", "c.leases"};
  const SourceConfig all{SourceKind::dnsmasq_leases, tree.path_of("*.leases"), ""};
  const SourceConfig one{SourceKind::dnsmasq_leases, tree.path_of("a b.leases"), "lan"};
  const std::vector<SourceFile> both{{SourceKind::dnsmasq_leases, "lan", tree.path_of("a b.leases")},
                                     {SourceKind::dnsmasq_leases, "c", tree.path_of("c.leases")}};
  CHECK(files_without_problems({all, one}) == both);
  CHECK(files_without_problems({one, all}) == both);
}

TEST_CASE("a path is there once, for the first source that names it") {
  const Tree tree{"a.leases"};
  const std::string path = tree.path_of("a.leases");
  const std::vector<SourceFile> files =
      files_without_problems({{SourceKind::dnsmasq_leases, path, "first"},
                              {SourceKind::dnsmasq_leases, path, "second"},
                              {SourceKind::mac_map, path, ""},
                              {SourceKind::dnsmasq_leases, '/' + path, "third"},
                              {SourceKind::dnsmasq_leases, path + '*', "last"}});
  CHECK(files == std::vector<SourceFile>{{SourceKind::dnsmasq_leases, "first", path}});
}

TEST_CASE("a directory that may not be listed is told") {
  const Tree tree{"secret/a.leases"};
  REQUIRE(::chmod(tree.path_of("secret").c_str(), 0) == 0);
  REQUIRE(::chmod(tree.path().c_str(), 0755) == 0);
  constexpr uid_t kNobody = 65534;
  const bool is_nobody = ::setresuid(kNobody, kNobody, 0) == 0;
  const SourceListing found =
      list_sources({{SourceKind::dnsmasq_leases, tree.path_of("secret/*.leases"), ""}});
  if (is_nobody) REQUIRE(::setresuid(0, 0, 0) == 0);
  CHECK(found.files.empty());
  REQUIRE(found.problems.size() == 1);
  CHECK(found.problems[0].starts_with(tree.path_of("secret: cannot be read: Permission denied")));
  CHECK(found.unlisted.size() == 1);
  CHECK(found.failed == 0);
}

TEST_CASE("a directory that the system does not list is counted apart") {
  const Tree tree{"a/x.leases", "b/x.leases"};
  const auto files = [&] {
    return list_sources({{SourceKind::dnsmasq_leases, tree.path_of("a/*.leases"), "lan"},
                         {SourceKind::mac_map, tree.path_of("a/*.macs"), "lan"},
                         {SourceKind::dnsmasq_leases, tree.path_of("b/x.leases"), "lan"}});
  };
  {
    const NoDescriptorLeft limit;
    const SourceListing found = files();
    CHECK(found.failed == 1);
    CHECK(found.unlisted == std::vector{tree.path_of("a")});
    REQUIRE(found.problems.size() == 1);
    CHECK(found.problems[0].starts_with(tree.path_of("a: cannot be read: Too many open files")));
    CHECK(found.files.size() == 1);
  }
  CHECK(files().failed == 0);
  CHECK(files().files.size() == 2);
}

TEST_CASE("another host's file has its network's name, in a directory of the host's") {
  const Tree tree{"hv1/lab.status", "hv2/lab.status",       "hv2/br0.100.status",
                  "HV3/lab.status", "hv4/not a net.status", "hv5/lab.status.new"};
  const SourceListing found = list_sources({{SourceKind::shared_status, tree.path_of("*/*.status"), ""}});
  CHECK(found.files == std::vector<SourceFile>{
                           {SourceKind::shared_status, "hv1:lab", tree.path_of("hv1/lab.status")},
                           {SourceKind::shared_status, "hv2:br0.100", tree.path_of("hv2/br0.100.status")},
                           {SourceKind::shared_status, "hv2:lab", tree.path_of("hv2/lab.status")},
                       });
  CHECK(found.problems.size() == 2);
}

TEST_CASE("another host's file may be anywhere if its host is named") {
  const Tree tree{"virbr0.status"};
  SourceConfig source{SourceKind::shared_status, tree.path_of("virbr0.status"), "lab"};
  source.host = "hv1";
  CHECK(files_without_problems({source}) ==
        std::vector<SourceFile>{{SourceKind::shared_status, "hv1:lab", tree.path_of("virbr0.status")}});
}

TEST_CASE(
    "libvirt's reserved hosts are for the bridge of their network, where its configuration tells that") {
  const Tree tree{"default.hostsfile", "other.hostsfile", "virbr9.hosts", "virbr9.conf"};
  write_file(tree.path_of("default.conf"), "strict-order\ninterface=virbr0\n");
  write_file(tree.path_of("other.conf"), "interface=\n");
  const auto network_of = [&](std::string_view path, std::string_view network = "") {
    const auto files =
        files_without_problems({{SourceKind::dhcp_hosts, tree.path_of(path), std::string(network)}});
    return files.empty() ? std::string() : files[0].network;
  };
  CHECK(network_of("default.hostsfile") == "virbr0");
  CHECK(network_of("d*.hostsfile") == "virbr0");
  CHECK(network_of("default.hostsfile", "lan") == "lan");
  CHECK(network_of("other.hostsfile") == "other");
  CHECK(network_of("virbr9.hosts") == "virbr9");
  CHECK(network_of("gone.hostsfile") == "gone");
}

TEST_SUITE_END();

}  // namespace leases::test
