/// Any bytes as Kea's lease file, and as one that grew: the first byte says in how many lines it was read
/// before. The leases read from them can be written to a status file and read back the same, and what was
/// appended says the same when it is read alone.

#include "import/kea_leases.h"

#include <map>
#include <string>
#include <string_view>

#include "tests/fuzz/log_leases.h"

namespace {

using namespace leases;

ParsedFile parse(std::string_view text, std::size_t skipped = 0) {
  return parse_kea_leases({.text = text, .network = "br0", .modified = fuzz::kWritten, .skipped = skipped});
}

/// The end of a number of lines.
std::size_t end_of_lines(std::string_view text, std::size_t count) {
  std::size_t end = 0;
  for (; count > 0 && text.find('\n', end) != std::string_view::npos; --count) end = text.find('\n', end) + 1;
  return end;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
  const ParsedFile whole = parse(std::string(text));
  fuzz::check_log(whole);
  const std::size_t first = end_of_lines(text, 1);
  const std::size_t known = end_of_lines(text, data[0]);
  if (first == 0 || known < first || !whole.damage.empty()) return 0;
  fuzz::LogState state;
  state.apply(parse(text.substr(0, known)));
  state.apply(parse(text.substr(0, first) + text.substr(known), known - first));
  fuzz::LogState at_once;
  at_once.apply(whole);
  fuzz::require(state == at_once);
  return 0;
}
