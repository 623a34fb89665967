#include "cli/checks/checks.h"

#include <filesystem>

#include "cli/checks/addresses_text.h"
#include "tests/unit/cli/check_fixture.h"

namespace leases::cli::test {

namespace {

/// The topics of findings, each once, in their order.
std::vector<std::string> topics_of(const std::vector<Finding>& findings) {
  std::vector<std::string> topics;
  for (const Finding& finding : findings) {
    if (topics.empty() || topics.back() != finding.topic) topics.push_back(finding.topic);
  }
  return topics;
}

std::vector<std::string> all_topics() {
  std::vector<std::string> topics;
  for (const Check& check : kChecks) topics.emplace_back(check.topic);
  return topics;
}

}  // namespace

TEST_SUITE_BEGIN("checks");

TEST_CASE("every check has findings, under its topic and in its place") {
  const CheckFixture host;
  CHECK(topics_of(run_checks(host.context(), {})) == all_topics());
}

TEST_CASE("a name is checked last") {
  const CheckFixture host;
  auto expected = all_topics();
  expected.emplace_back("name");
  CHECK(topics_of(run_checks(host.context(), {"web"})) == expected);
}

TEST_CASE("a check that fails is a problem, and the others go on") {
  const CheckFixture host;
  std::filesystem::remove_all(host.path_of("run"));
  host.file("run", "");
  const auto findings = run_checks(host.context(), {});
  CHECK(topics_of(findings) == all_topics());
  for (const Finding& finding : findings) {
    if (finding.topic != "index") continue;
    CHECK(finding.severity == Severity::problem);
    CHECK(finding.text.find("/run") != std::string::npos);
    CHECK(finding.remedy.empty());
  }
}

TEST_CASE("addresses are listed with spaces") {
  using leases::test::ip;
  CHECK(text_of(std::set<IpAddress>{}) == "nothing");
  CHECK(text_of(std::set<IpAddress>{ip("fd00::1"), ip("10.0.0.1")}) == "10.0.0.1 fd00::1");
}

TEST_SUITE_END();

}  // namespace leases::cli::test
