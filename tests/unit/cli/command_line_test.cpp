#include "cli/command_line/command_line.h"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/support/captured_output.h"

namespace leases::cli::test {

using leases::test::CapturedErrors;

namespace {

using Words = std::vector<std::string>;

/// A command line with a verb that has an option of each kind.
struct Call {
  explicit Call(const Words& words) {
    Command leasectl = line.leasectl();
    leasectl.require_command();
    leasectl.add_option("--config", config, "A file").value("FILE");
    Command verb = leasectl.add_command("verb", "Does something");
    const Option flag_option = verb.add_flag("--flag", flag, "A flag");
    verb.add_option("--number", number, "A number").range(1, 100).value("N");
    verb.add_option("--large", large, "A number").range(0, 4294967295).excludes(flag_option);
    verb.add_option("--count", count, "A number").needs(flag_option);
    verb.add_option("--word", word, "A word").one_of({"a", "b"});
    verb.add_option("--list", list, "Words");
    verb.add_time("--time", time, "A time");
    verb.add_time("--whole", whole, 3600, "A time in seconds");
    verb.add_option("NAME", names, "Names");
    Command group = leasectl.add_command("group", "Has verbs");
    group.require_command();
    group.add_command("inner", "A verb").add_option("NAME", needed, "A name").required();
    line.add_help_command();
    const CapturedErrors captured;
    if (const auto finish = line.parse(words)) {
      code = finish->code;
      output = finish->output;
    }
    errors = captured.text();
  }

  CommandLine line{"Shows what it is told.", "1.2"};
  std::string config;
  bool flag = false;
  std::uint16_t number = 0;
  std::uint32_t large = 0;
  std::size_t count = 0;
  std::string word;
  Words list;
  Words names;
  std::string needed;
  std::optional<double> time;
  std::uint32_t whole = 0;
  std::optional<int> code{};
  std::string output{};
  std::string errors{};
};

}  // namespace

TEST_SUITE_BEGIN("command_line");

TEST_CASE("options, a list and arguments fill their variables") {
  const Call call({"verb", "x", "--flag", "--number", "7", "--word", "b", "y", "--list", "1", "--list", "2",
                   "--count", "9"});
  CHECK_FALSE(call.code);
  CHECK(call.errors.empty());
  CHECK(call.flag);
  CHECK(call.number == 7);
  CHECK(call.word == "b");
  CHECK(call.names == Words{"x", "y"});
  CHECK(call.list == Words{"1", "2"});
  CHECK(call.count == 9);
}

TEST_CASE("options of leasectl also follow a verb") {
  CHECK(Call({"verb", "--config", "file"}).config == "file");
  CHECK(Call({"--config", "file", "verb"}).config == "file");
}

TEST_CASE("a value may have brackets and commas") {
  CHECK(Call({"verb", "ci-[0,1]", "[a,b]"}).names == Words{"ci-[0,1]", "[a,b]"});
  CHECK(Call({"verb", "[lan]", "[[aa]]", "[]", "[", "]"}).names == Words{"[lan]", "[[aa]]", "[]", "[", "]"});
  CHECK(Call({"verb", "[1-2]a[3-4]"}).names == Words{"[1-2]a[3-4]"});
  CHECK(Call({"verb", "--list", "[a,b]", "--list=[c,d]"}).list == Words{"[a,b]", "[c,d]"});
  CHECK(Call({"--config=[file]", "verb"}).config == "[file]");
  CHECK(Call({"verb", "--lisp=[a]"}).errors.find("'--lisp=[a]'") != std::string::npos);
}

TEST_CASE("a time is in seconds, whatever its unit") {
  CHECK(Call({"verb", "--time", "90"}).time == 90.0);
  CHECK(Call({"verb", "--time", "90s"}).time == 90.0);
  CHECK(Call({"verb", "--time", "250ms"}).time == 0.25);
  CHECK(Call({"verb", "--time", "5m"}).time == 300.0);
  CHECK(Call({"verb", "--time", "1.5h"}).time == 5400.0);
  CHECK(Call({"verb", "--time", "0"}).time == 0.0);
  CHECK(Call({"verb", "--time", "1h30m"}).time == 5400.0);
  CHECK(Call({"verb", "--time", "1d"}).time == 86400.0);
  CHECK(Call({"verb", "--whole", "1h"}).whole == 3600U);
}

TEST_CASE("what is not a time is a mistake") {
  for (const std::string text : {"inf", "nan", "1w", "s", "-1", "1 s", "0x1", ""}) {
    CAPTURE(text);
    const Call call({"verb", "--time=" + text});
    CHECK(call.code == kUsage);
    CHECK_FALSE(call.time);
    if (!text.empty()) {
      CHECK(call.errors.find("'" + text + "' is not a time like 250ms, 90s, 5m, 1h30m or 1d\n") !=
            std::string::npos);
    }
  }
}

TEST_CASE("a time in whole seconds has none of their parts, and a limit") {
  for (const std::string text : {"1500ms", "1.5", "61m", "-1", "1x", ""}) {
    CAPTURE(text);
    CHECK(Call({"verb", "--whole=" + text}).code == kUsage);
  }
  CHECK(Call({"verb", "--whole", "2h"}).errors.find("of at most 3600s\n") != std::string::npos);
}

TEST_CASE("a number is decimal, and within its range") {
  CHECK(Call({"verb", "--number", "010"}).number == 10);
  CHECK(Call({"verb", "--large", "4294967295"}).large == 4294967295U);
  for (const std::string text : {"0", "101", "x", "1x", "99999999999999999999"}) {
    CAPTURE(text);
    const Call call({"verb", "--number", text});
    CHECK(call.code == kUsage);
    CHECK(call.errors.find("'" + text + "' is not a number from 1 to 100\n") != std::string::npos);
  }
}

TEST_CASE("options that exclude or need each other, and words that are not known, are mistakes") {
  CHECK(Call({"verb", "--large", "1", "--flag"}).code == kUsage);
  CHECK(Call({"verb", "--count", "1"}).code == kUsage);
  CHECK(Call({"verb", "--word", "c"}).code == kUsage);
  CHECK(Call({"verb", "--nothing"}).code == kUsage);
  CHECK(Call({"group", "inner"}).code == kUsage);
}

TEST_CASE("a word that is not known is named, with what was meant") {
  const auto said = [](const Words& words) {
    const Call call(words);
    CHECK(call.code == kUsage);
    return call.errors;
  };
  CHECK(said({"verbs"}) ==
        "nss-leases: 'leasectl' has no command 'verbs'; did you mean 'verb'? see leasectl --help\n");
  CHECK(said({"print"}) == "nss-leases: 'leasectl' has no command 'print'; see leasectl --help\n");
  CHECK(said({"group", "outer"}) ==
        "nss-leases: 'leasectl group' has no command 'outer'; see leasectl group --help\n");
  CHECK(said({"--colour"}) == "nss-leases: 'leasectl' has no option '--colour'; see leasectl --help\n");
  CHECK(said({"verb", "--flagg"}) ==
        "nss-leases: 'leasectl verb' has no option '--flagg'; did you mean '--flag'? see leasectl verb "
        "--help\n");
  CHECK(said({"verb", "--confg=x"}).find("did you mean '--config'?") != std::string::npos);
  CHECK(said({"group", "inner", "a", "b"}) ==
        "nss-leases: 'leasectl group inner' does not take 'b'; see leasectl group inner --help\n");
  CHECK(Call({}).code == kUsage);
}

TEST_CASE("options of a command may stand in front of it") {
  const Call call({"--config", "file", "--flag", "verb", "x"});
  CHECK_FALSE(call.code);
  CHECK(call.flag);
  CHECK(call.config == "file");
  CHECK(call.names == Words{"x"});
  CHECK(Call({"--flags", "verb"}).code == kUsage);
  CHECK(Call({"word", "verb"}).code == kUsage);
}

TEST_CASE("help explains a command") {
  const Call help({"help", "group", "inner"});
  CHECK(help.code == kFound);
  // CLI11 2.6 puts nothing in front of it.
  CHECK(help.output.find("leasectl group inner [OPTIONS] NAME") != std::string::npos);
  CHECK(help.output == Call({"group", "inner", "--help"}).output);
  CHECK(Call({"help"}).output == Call({"--help"}).output);
  const Call unknown({"help", "verbs"});
  CHECK(unknown.code == kUsage);
  CHECK(unknown.errors ==
        "nss-leases: 'leasectl' has no command 'verbs'; did you mean 'verb'? see leasectl --help\n");
}

TEST_CASE("help and version go to standard output") {
  const Call version({"--version"});
  CHECK(version.code == kFound);
  CHECK(version.output == "leasectl 1.2\n");
  CHECK(version.errors.empty());
  const Call help({"verb", "--help"});
  CHECK(help.code == kFound);
  CHECK(help.output.find("Does something") != std::string::npos);
  CHECK(help.output.find("--number N") != std::string::npos);
}

TEST_CASE("a family has short and long words, and both where that is possible") {
  const auto parsed = [](const std::string& word, bool may_be_both) {
    CommandLine line("help", "1");
    std::optional<Family> family;
    bool both = false;
    line.leasectl().add_family("--family", family, "A family", may_be_both ? &both : nullptr);
    const CapturedErrors errors;
    if (line.parse({"--family", word})) return std::string("wrong");
    return std::string(both ? "both" : family == Family::v4 ? "4" : "6");
  };
  for (const char* word : {"v4", "ipv4"}) CHECK(parsed(word, false) == "4");
  for (const char* word : {"v6", "ipv6"}) CHECK(parsed(word, true) == "6");
  CHECK(parsed("both", true) == "both");
  for (const char* word : {"both", "4", "x4", ""}) CHECK(parsed(word, false) == "wrong");
}

TEST_SUITE_END();

}  // namespace leases::cli::test
