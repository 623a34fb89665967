#include <filesystem>

#include "tests/unit/cli/check_fixture.h"
#include "util/words.h"

namespace leases::cli::test {

namespace {

/// A host on which several dnsmasqs run the helper, and keep no leases of their own.
class HostWithInstances : public CheckFixture {
 public:
  /// With this configuration file, and in this environment.
  void serve(pid_t id, const std::string& configuration, const std::string& environment,
             const std::string& more = "leasefile-ro\n") const {
    const std::string path = file(configuration, "dhcp-range=10.0.0.1,10.0.0.9\nscript-on-renewal\n" + more +
                                                     "dhcp-script=" + context().helper + '\n');
    process(id, {"dnsmasq", {"dnsmasq", "--conf-file=" + path}});
    file("proc/" + std::to_string(id) + "/environ", environment);
  }
  /// What is not well.
  [[nodiscard]] std::string complaints() const {
    std::vector<Finding> findings = check_dnsmasq(context());
    std::erase_if(findings, [](const Finding& finding) { return finding.severity == Severity::ok; });
    return report(findings);
  }
};

std::string variable(const std::string& network) {
  return "HOME=/" + std::string(1, '\0') + "NSS_LEASES_NETWORK=" + network + '\0' + "LANG=C" + '\0';
}

const std::string kConfused =
    "problem  dnsmasq        dnsmasq (process 811) and dnsmasq (process 812) have leasefile-ro, and the "
    "helper "
    "cannot tell them apart: at a start each may be given another's leases; give each an "
    "NSS_LEASES_NETWORK of its own; look at: man leaseshelper\n";

}  // namespace

TEST_SUITE_BEGIN("dnsmasq_instances");

TEST_CASE("each of several with a network of its own is well, and so is one alone") {
  const HostWithInstances host;
  host.serve(811, "etc/lan.conf", "");
  CHECK(host.complaints().empty());
  host.serve(811, "etc/lan.conf", variable("lan"));
  host.serve(812, "etc/lan.conf", variable("lab"));
  CHECK(host.complaints().empty());
}

TEST_CASE("those whose command lines name the same files, or that ask for one network, are not told apart") {
  const HostWithInstances host;
  for (const std::string& environment : {std::string(), variable("lan")}) {
    host.serve(811, "etc/lan.conf", environment);
    host.serve(812, "etc/lan.conf", environment);
    CHECK(host.complaints() == kConfused);
  }
  host.serve(812, "etc/lab.conf", variable("lan"));
  CHECK(host.complaints() == kConfused);
}

TEST_CASE("those in two network namespaces are told apart for good if both namespaces have names") {
  const HostWithInstances host;
  std::filesystem::create_directories(host.path_of("run/netns"));
  const auto name = [&](const char* process, const char* network_namespace) {
    std::filesystem::create_hard_link(host.path_of(std::string("proc/") + process + "/ns/net"),
                                      host.path_of(std::string("run/netns/") + network_namespace));
  };
  for (const char* process : {"811", "812"}) {
    host.serve(std::stoi(process), "etc/lan.conf", "");
    host.file(std::string("proc/") + process + "/ns/net", "");
  }
  CHECK(host.complaints() == kConfused);
  name("811", "red");
  CHECK(host.complaints() == kConfused);
  name("812", "blue");
  CHECK(host.complaints().find("cannot tell them apart") == std::string::npos);
}

TEST_CASE("a network that the helper does not take is none") {
  const HostWithInstances host;
  host.serve(811, "etc/lan.conf", variable("of the lan"));
  host.serve(812, "etc/lan.conf", variable("of/the/lab"));
  CHECK(host.complaints() == kConfused);
}

TEST_CASE("each set of those that are not told apart is one finding") {
  const HostWithInstances host;
  for (const pid_t process : {811, 813, 815}) host.serve(process, "etc/lan.conf", "");
  for (const pid_t process : {812, 814}) host.serve(process, "etc/lab.conf", variable("lab"));
  const std::string complaints = host.complaints();
  CAPTURE(complaints);
  CHECK(lines_of(complaints).size() == 2);
  CHECK(complaints.find("dnsmasq (process 811), dnsmasq (process 813) and dnsmasq (process 815) have "
                        "leasefile-ro, and") != std::string::npos);
  CHECK(complaints.find("dnsmasq (process 812) and dnsmasq (process 814) have leasefile-ro, and") !=
        std::string::npos);
}

TEST_CASE("one without a network of its own may be taken for another at its first start") {
  const HostWithInstances host;
  host.serve(811, "etc/lan.conf", variable("lan"));
  host.serve(812, "etc/lab.conf", "");
  CHECK(host.complaints() ==
        "unknown  dnsmasq        dnsmasq (process 812) has leasefile-ro, as another has, but no "
        "NSS_LEASES_NETWORK; set one, or at its first start it may get the leases of a stopped dnsmasq\n");
}

TEST_CASE("with lease files of their own they need no network, and what cannot be seen is not told") {
  const HostWithInstances host;
  host.serve(811, "etc/lan.conf", "", "");
  host.serve(812, "etc/lab.conf", "", "");
  CHECK(host.complaints().empty());
  host.serve(811, "etc/lan.conf", "");
  host.serve(812, "etc/lan.conf", "");
  std::filesystem::remove(host.path_of("proc/811/environ"));
  CHECK(host.complaints().empty());
}

TEST_SUITE_END();

}  // namespace leases::cli::test
