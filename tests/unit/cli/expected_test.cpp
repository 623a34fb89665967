#include "cli/command_line/expected.h"

#include <doctest/doctest.h>

#include "cli/command_line/command_line.h"

namespace leases::cli::test {

namespace {

using Words = std::vector<std::string>;

/// What may end a command line of a verb with options of each kind.
Expected expected(const Words& words) {
  CommandLine line("help", "1");
  Command leasectl = line.leasectl();
  std::string file;
  std::string color;
  bool json = false;
  bool fold = false;
  Words list;
  Words names;
  leasectl.add_option("--config", file, "A file").value("FILE");
  Command verb = leasectl.add_command("show", "Shows");
  const Option folded = verb.add_flag("--fold", fold, "Folds");
  verb.add_flag("--json", json, "JSON").excludes(folded);
  verb.add_option("--color", color, "Colour").one_of({"auto", "always"});
  verb.add_option("--list", list, "Lists").value("NETWORK");
  verb.add_option("NAME|MAC", names, "Names");
  Command part = leasectl.add_command("parts", "Has parts").add_command("inner", "A part");
  part.add_option("FILE", file, "A file");
  line.add_help_command();
  return line.expected(words);
}

Words texts(const Words& words) {
  Words found;
  for (const Expected::Word& word : expected(words).words) found.push_back(word.text);
  return found;
}

}  // namespace

TEST_SUITE_BEGIN("expected");

TEST_CASE("first comes a command") {
  CHECK(texts({""}) == Words{"show", "parts", "help"});
  CHECK(texts({}) == Words{"show", "parts", "help"});
  CHECK(texts({"--config", "x", "p"}) == Words{"parts"});
  CHECK(texts({"parts", ""}) == Words{"inner"});
  CHECK(texts({"nothing", ""}) == Words{"show", "parts", "help"});
  CHECK(expected({"sh"}).words.front().help == "Shows");
}

TEST_CASE("options are those of the command and of leasectl, unless given or excluded") {
  CHECK(texts({"show", "-"}) == Words{"--help", "--fold", "--json", "--color", "--list", "--config"});
  CHECK(texts({"show", "--fold", "--color=auto", "--list", "a", "--config", "x", "--"}) ==
        Words{"--help", "--list"});
  CHECK(texts({"show", "--color=auto", "--j"}) == Words{"--json"});
  CHECK(texts({"show", "--json", "--f"}).empty());
  CHECK(texts({"show", "--", "-"}).empty());
}

TEST_CASE("an option's value is a fixed word or of a kind") {
  CHECK(texts({"show", "--color", "al"}) == Words{"always"});
  CHECK(texts({"show", "--color=a"}) == Words{"--color=auto", "--color=always"});
  const Expected network = expected({"show", "--list", "a", "--list=b"});
  CHECK(network.values == Words{"NETWORK"});
  CHECK(network.before == "--list=");
  CHECK(network.begin == "b");
  CHECK(network.taken == Words{"a"});
  CHECK(expected({"show", "--fold=", ""}).values == Words{"NAME", "MAC"});
  CHECK(expected({"--config", "/x"}).values == Words{"FILE"});
}

TEST_CASE("an argument's value is of the kinds that its name has") {
  const Expected name = expected({"show", "web", "--fold", "d"});
  CHECK(name.values == Words{"NAME", "MAC"});
  CHECK(name.begin == "d");
  CHECK(name.taken == Words{"web"});
  CHECK(expected({"parts", "inner", ""}).values == Words{"FILE"});
  CHECK(expected({"parts", "inner", "x", ""}).values.empty());
}

TEST_CASE("the options that were given are told") {
  CHECK(expected({"--config", "x", "show", ""}).given.at("--config") == Words{"x"});
  CHECK(expected({"show", "--config=y", ""}).given.at("--config") == Words{"y"});
}

TEST_CASE("help is asked for a command or a part of it") {
  CHECK(texts({"help", ""}) == Words{"show", "parts", "help"});
  CHECK(texts({"help", "parts", "i"}) == Words{"inner"});
  CHECK(texts({"help", "nothing", ""}).empty());
}

TEST_SUITE_END();

}  // namespace leases::cli::test
