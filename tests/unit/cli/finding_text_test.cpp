#include "cli/checks/finding_text.h"

#include <doctest/doctest.h>

#include <vector>

namespace leases::cli::test {

namespace {

const Finding kOk{Severity::ok, "index", "it is sound", ""};
const Finding kUnknown{Severity::unknown, "configuration", "who knows", ""};
const Finding kProblem{Severity::problem, "module", "it is gone", "fix --it"};
const Finding kPuzzle{Severity::problem, "name", "it is odd", "", "ls -l it"};

}  // namespace

TEST_SUITE_BEGIN("finding_text");

TEST_CASE("a finding is a line, with its remedy if it has one") {
  CHECK(text_of({kOk, kUnknown, kProblem}, false) ==
        "ok       index          it is sound\n"
        "unknown  configuration  who knows\n"
        "problem  module         it is gone; to fix it: fix --it\n");
}

TEST_CASE("what shows only what is wrong is not called a remedy") {
  CHECK(text_of({kPuzzle}, false) == "problem  name           it is odd; look at: ls -l it\n");
  CHECK(json_of({kPuzzle}).find(R"("look-at": "ls -l it")") != std::string::npos);
  CHECK(json_of({kPuzzle}).find("remedy") == std::string::npos);
}

TEST_CASE("on a terminal, problems come first and apart, with their commands on lines of their own") {
  CHECK(text_for_terminal({kOk, kProblem, kUnknown, kPuzzle}, false) ==
        "problem  module         it is gone\n"
        "  to fix it:\n"
        "    fix --it\n"
        "\n"
        "problem  name           it is odd\n"
        "  look at:\n"
        "    ls -l it\n"
        "\n"
        "ok       index          it is sound\n"
        "unknown  configuration  who knows\n");
  CHECK(text_for_terminal({kProblem}, true) ==
        "\033[33mproblem  \033[0mmodule         it is gone\n"
        "  to fix it:\n"
        "    \033[1mfix --it\033[0m\n"
        "\n");
  CHECK(text_for_terminal({kOk}, false) == "ok       index          it is sound\n");
}

TEST_CASE("with colour, the severity shows what needs attention") {
  CHECK(text_of({kOk, kUnknown, kProblem}, true) ==
        "\033[32mok       \033[0mindex          it is sound\n"
        "unknown  configuration  who knows\n"
        "\033[33mproblem  \033[0mmodule         it is gone; to fix it: fix --it\n");
}

TEST_CASE("findings are JSON that says whether all is well") {
  CHECK(json_of({kOk, kProblem}) == R"({
  "well": false,
  "findings": [
    {
      "severity": "ok",
      "topic": "index",
      "text": "it is sound"
    },
    {
      "severity": "problem",
      "topic": "module",
      "text": "it is gone",
      "remedy": "fix --it"
    }
  ]
}
)");
  CHECK(json_of({}) == "{\n  \"well\": true,\n  \"findings\": []\n}\n");
}

TEST_CASE("only a problem is not well") {
  CHECK(all_well({}));
  CHECK(all_well({kOk, kUnknown}));
  CHECK_FALSE(all_well({kOk, kProblem}));
}

TEST_CASE("findings know whether one of them is a problem") {
  Findings findings("topic");
  CHECK(findings.empty());
  findings.ok("a");
  findings.unknown("b");
  CHECK_FALSE(findings.any_problem());
  findings.problem("c", "d");
  CHECK(findings.any_problem());
  CHECK_FALSE(findings.empty());
  CHECK(std::move(findings).take() == std::vector<Finding>{{Severity::ok, "topic", "a", ""},
                                                           {Severity::unknown, "topic", "b", ""},
                                                           {Severity::problem, "topic", "c", "d"}});
}

TEST_SUITE_END();

}  // namespace leases::cli::test
