/// Any text as a range of names: it ends, and its names written together again are the same names.

#include "cli/names/name_range.h"

#include <string>
#include <string_view>
#include <vector>

#include "cli/names/name_fold.h"
#include "tests/fuzz/read_everything.h"

namespace {

using namespace leases;

constexpr std::size_t kEnough = 500;

/// The names of a range; if it is long, only the first ones.
std::vector<std::string> names_of(std::string_view text) {
  std::string problem;
  auto range = cli::NameRange::parse(text, problem);
  fuzz::require(range.has_value() || !problem.empty());
  std::vector<std::string> names;
  std::string name;
  while (range && names.size() < kEnough && range->next(name)) names.push_back(name);
  return names;
}

bool can_be_read_again(std::string_view name) {
  return name.find_first_of("[],\n") == std::string_view::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<std::string> names = names_of({reinterpret_cast<const char*>(data), size});
  cli::NameFold fold;
  std::string folded;
  for (const std::string& name : names) {
    if (!can_be_read_again(name)) return 0;
    fold.add(name, folded);
  }
  fold.finish(folded);

  std::vector<std::string> again;
  for (std::string_view rest = folded; !rest.empty();) {
    const std::size_t end = rest.find('\n');
    fuzz::require(end != std::string_view::npos);
    for (std::string& name : names_of(rest.substr(0, end))) again.push_back(std::move(name));
    rest.remove_prefix(end + 1);
  }
  fuzz::require(again == names);
  return 0;
}
