#include "cli/checks/file_edit.h"

#include "tests/unit/cli/check_fixture.h"
#include "util/regular_file.h"

namespace leases::cli::test {

namespace {

void run(const std::string& command) {
  CAPTURE(command);
  REQUIRE(std::system(command.c_str()) == 0);
}

std::string content(const std::string& path) {
  return read_regular_file(path).text;
}

}  // namespace

TEST_SUITE_BEGIN("file_edit");

TEST_CASE("sed changes the file that a link leads to") {
  const CheckFixture host;
  const std::string file = host.file("it's a file", "a\nb\n");
  const std::string link = host.path_of("link");
  std::filesystem::create_symlink(file, link);
  CHECK(sed_command("s/b/it's/", "/x") == "sed -i --follow-symlinks -E 's/b/it'\\''s/' /x");
  run(sed_command("s/b/it's/", link));
  CHECK(content(file) == "a\nit's\n");
  CHECK(std::filesystem::is_symlink(link));
}

TEST_CASE("a literal stands for itself, whatever is in it") {
  for (const std::string text : {"web.lab", "a/b", "\\1", "[x]", "(a|b)*", "^a$", "a+?", "{2}", "&"}) {
    CAPTURE(text);
    const CheckFixture host;
    const std::string file = host.file("file", "<" + text + "> <webxlab>\n");
    run(sed_command("s/" + sed_literal(text) + "/it/g", file));
    CHECK(content(file) == "<it> <webxlab>\n");
  }
}

TEST_CASE("added lines are lines of their own") {
  const CheckFixture host;
  for (const auto& [before, after] :
       {std::pair("", "a b\nc\n"), std::pair("x\n", "x\na b\nc\n"), std::pair("x", "x\na b\nc\n")}) {
    const std::string file = host.file("file", before);
    run(adding_lines(file, {"a b", "c"}));
    CHECK(content(file) == after);
  }
  run(adding_lines(host.path_of("new"), {"a"}));
  CHECK(content(host.path_of("new")) == "a\n");
  CHECK(adding_lines("", {"a"}).empty());
}

TEST_CASE("a key is removed however TOML spells it, and no other one") {
  const CheckFixture host;
  for (const std::string line :
       {"a-key = \"/x\"", "\t a-key=\"/x\" # so", "\"a-key\" = '/x'", " 'a-key'= '/x'"}) {
    CAPTURE(line);
    const std::string rest = "another-a-key = 1\n\"a-key-2\" = 2\n# a-key = 3\nb = \"a-key = 4\"\n";
    const std::string file = host.file("file", rest + line + '\n');
    run(removing_key("a-key", file));
    CHECK(content(file) == rest);
  }
}

TEST_SUITE_END();

}  // namespace leases::cli::test
