#include "cli/checks/name_in_system.h"

#include <map>

#include "tests/unit/cli/check_fixture.h"
#include "util/regular_file.h"

namespace leases::cli::test {

using leases::test::ip;

namespace {

using Addresses = std::set<IpAddress>;

const Addresses kLeased{ip("10.0.0.1")};
const Addresses kOther{ip("10.9.9.9")};

/// A host whose services answer these addresses; "" is what all of them do.
class Host : public CheckFixture {
 public:
  explicit Host(std::map<std::string, Addresses> answers) : answers_(std::move(answers)) {
    context().services.resolve = [this](const std::string& name) {
      CHECK(name == "web.lab");
      return ResolverAnswer{answers_[asked_], "no such name"};
    };
    context().services.ask_only = [this](const std::string& service) { asked_ = service; };
  }
  [[nodiscard]] std::string check() const {
    Findings findings("name");
    compare_with_system(context(), "web.lab", kLeased, context().services.resolve("web.lab"), findings);
    return report(std::move(findings).take());
  }

 private:
  std::map<std::string, Addresses> answers_;
  std::string asked_;
};

std::string problem(const std::string& answer, const std::string& remedy) {
  return "problem  name           web.lab is 10.0.0.1, but getaddrinfo() answers " + answer +
         (remedy.empty() ? "" : "; to fix it: " + remedy) + '\n';
}

}  // namespace

TEST_SUITE_BEGIN("name_in_system");

TEST_CASE("an answer from the lease is well") {
  CHECK(Host({{"", kLeased}}).check() == "ok       name           web.lab is 10.0.0.1 (IPv4 only)\n");
}

TEST_CASE("a line of /etc/hosts is shown, and no command that removes it: a guest has chosen the name") {
  Host host({{"", kOther}, {"files", kOther}, {"leases", kLeased}});
  host.file("etc/hosts", "127.0.0.1 localhost\n10.9.9.9 web.lab\n");
  const std::string report = host.check();
  CHECK(report.starts_with(
      "problem  name           web.lab is 10.0.0.1, but getaddrinfo() answers 10.9.9.9, from /etc/hosts; "
      "look at: ${EDITOR:-vi} "));
}

TEST_CASE("an answer from another service before leases is found") {
  const Host host({{"", kOther}, {"dns", kOther}, {"leases", kLeased}});
  leases::test::write_file(host.context().nsswitch, "hosts: files dns leases\n");
  CHECK(host.check() ==
        "problem  name           web.lab is 10.0.0.1, but getaddrinfo() answers 10.9.9.9, from 'dns', which "
        "comes before leases; look at: ${EDITOR:-vi} /etc/nsswitch.conf\n");
}

TEST_CASE("an answer that no service before leases gives may be a cache's") {
  const Host host({{"", kOther}, {"dns", kOther}, {"leases", kLeased}});
  CHECK(host.check() == problem("10.9.9.9: a cache may remember it", "nscd -i hosts"));
}

TEST_CASE("where only the module answers, it is not asked") {
  CHECK(Host({{"leases", kLeased}}).check() ==
        problem("'no such name': the module alone answers, but is not asked", ""));
}

TEST_CASE("where nscd runs, it may not ask the module") {
  const Host host({{"leases", kLeased}});
  host.process(77, {"nscd", {"nscd"}});
  CHECK(host.check() ==
        problem("'no such name': nscd remembers that it did not exist, or does not ask the module",
                "nscd -i hosts"));
}

TEST_CASE("where not even the module answers, that is said") {
  CHECK(Host({}).check() == problem("'no such name', and the module alone does not know it either", ""));
}

TEST_SUITE_END();

}  // namespace leases::cli::test
