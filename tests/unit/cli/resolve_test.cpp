#include <fcntl.h>

#include "tests/unit/cli/verb_fixture.h"

namespace leases::cli::test {

using namespace leases::test;

namespace {

/// Gives this process another standard input, as long as this object lives.
class Input {
 public:
  explicit Input(std::string_view text) {
    write_file(place_.path_of("input"), text);
    const int file = ::open(place_.path_of("input").c_str(), O_RDONLY | O_CLOEXEC);
    ::dup2(file, STDIN_FILENO);
    ::close(file);
  }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  ~Input() {
    ::dup2(original_, STDIN_FILENO);
    ::close(original_);
  }

 private:
  TemporaryDirectory place_;
  int original_ = ::dup(STDIN_FILENO);
};

Called resolve(const std::vector<std::string>& arguments) {
  const IndexFixture store({lease_of("br0", "10.0.0.1", "ci-1"), lease_of("br0", "10.0.0.2", "ci-2"),
                            lease_of("br0", "fd00::2", "ci-2"), lease_of("br0", "10.0.0.4", "ci-4")});
  std::vector<std::string> words{"resolve"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return called(resolve_verb, store.settings(), words);
}

}  // namespace

TEST_SUITE_BEGIN("resolve");

TEST_CASE("each name that is found has a line, with all its addresses") {
  const Called found = resolve({"ci-2", "ci-1.br0"});
  CHECK(found.code == kFound);
  CHECK(found.output == "ci-2\tfd00::2 10.0.0.2\nci-1.br0\t10.0.0.1\n");
}

TEST_CASE("a range is all its names; what is missing is left out and not found") {
  const Called found = resolve({"ci-[1-4]"});
  CHECK(found.code == kNotFound);
  CHECK(found.output == "ci-1\t10.0.0.1\nci-2\tfd00::2 10.0.0.2\nci-4\t10.0.0.4\n");
}

TEST_CASE("--missing prints the others, and --fold writes names as ranges") {
  CHECK(resolve({"--missing", "ci-[1-9]"}).output == "ci-3\nci-5\nci-6\nci-7\nci-8\nci-9\n");
  CHECK(resolve({"--fold", "ci-[0-9]"}).output == "ci-[1-2,4]\n");
  CHECK(resolve({"--missing", "--fold", "ci-[0-9]"}).output == "ci-[0,3,5-9]\n");
}

TEST_CASE("--reverse takes addresses and prints names") {
  const Called found = resolve({"--reverse", "10.0.0.4", "fd00::2"});
  CHECK(found.code == kFound);
  CHECK(found.output == "10.0.0.4\tci-4\nfd00::2\tci-2\n");
  CHECK(resolve({"--reverse", "--missing", "10.0.0.9", "ci-1"}).output == "10.0.0.9\nci-1\n");
}

TEST_CASE("--json prints an object for each line") {
  CHECK(resolve({"--json", "ci-2"}).output ==
        "{\"name\":\"ci-2\",\"addresses\":[\"fd00::2\",\"10.0.0.2\"]}\n");
  CHECK(resolve({"--json", "--missing", "ci-9"}).output == "{\"name\":\"ci-9\",\"addresses\":[]}\n");
  CHECK(resolve({"--json", "--reverse", "10.0.0.1"}).output ==
        "{\"address\":\"10.0.0.1\",\"names\":[\"ci-1\"]}\n");
  CHECK(resolve({"--json", "--fold", "ci-1"}).code == kUsage);
}

TEST_CASE("without names, or for -, they come from standard input") {
  const Input input(" ci-[1-2] \n\nci-4");
  CHECK(resolve({}).output == "ci-1\t10.0.0.1\nci-2\tfd00::2 10.0.0.2\nci-4\t10.0.0.4\n");
  const Input again("ci-2\n");
  CHECK(resolve({"ci-1", "-", "ci-4"}).output == "ci-1\t10.0.0.1\nci-2\tfd00::2 10.0.0.2\nci-4\t10.0.0.4\n");
}

TEST_CASE("a range that is malformed is a mistake, and the others are answered") {
  const Called wrong = resolve({"ci-[1", "ci-1"});
  CHECK(wrong.code == kUsage);
  CHECK(wrong.output == "ci-1\t10.0.0.1\n");
  CHECK(wrong.errors.find("'ci-[1': a bracket has no counterpart") != std::string::npos);
}

TEST_CASE("more names than are looked up side by side are answered in order") {
  const Called found = resolve({"--missing", "--fold", "x[1-200]"});
  CHECK(found.output == "x[1-200]\n");
}

TEST_SUITE_END();

}  // namespace leases::cli::test
