#include "cli/checks/comparison.h"

#include <doctest/doctest.h>

namespace leases::cli::test {

TEST_SUITE_BEGIN("comparison");

TEST_CASE("a comparison without a problem is made once") {
  int calls = 0;
  Findings findings = settled_findings("status", [&](Findings& found) {
    ++calls;
    found.unknown("a");
  });
  CHECK(calls == 1);
  CHECK(std::move(findings).take() == std::vector<Finding>{{Severity::unknown, "status", "a", ""}});
}

TEST_CASE("a problem that is gone at the next look was a writer at work") {
  int calls = 0;
  const Findings findings = settled_findings("status", [&](Findings& found) {
    if (++calls < 5) found.problem("a", "b");
  });
  CHECK(calls == 5);
  CHECK(findings.empty());
}

TEST_CASE("a problem that stays is found once") {
  int calls = 0;
  Findings findings = settled_findings("status", [&](Findings& found) {
    ++calls;
    found.problem("a", "b");
  });
  CHECK(calls == 5);
  CHECK(std::move(findings).take().size() == 1);
}

TEST_SUITE_END();

}  // namespace leases::cli::test
