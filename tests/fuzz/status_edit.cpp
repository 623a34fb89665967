/// One record is removed from any text and another one added. A status file stays one, with exactly the other
/// records. Any other JSON array keeps its other elements unchanged. Anything else is never read beyond its
/// end.

#include <string>
#include <string_view>

#include "import/status_parser.h"
#include "store/status_array.h"
#include "store/status_text.h"
#include "tests/fuzz/read_everything.h"

namespace {

using namespace leases;

std::string joined(const TextPieces& pieces) {
  std::string text;
  for (const std::string_view piece : pieces) text += piece;
  return text;
}

Lease new_lease() {
  Lease lease;
  lease.address = *parse_ip("10.77.9.9");
  lease.hostname = "new";
  lease.changed = {1'700'000'000'000'000'001};
  return lease;
}

/// The new text is read as the old one, without one address and with another, even if we did not write the
/// rest, and whatever its layout.
void check_any_array(std::string_view text, const ParsedFile& before, const IpAddress& removed,
                     const Lease& added, const std::string& record) {
  const auto edited = edit_status_text(text, removed, record);
  if (!before.damage.empty()) return;
  fuzz::require(edited.has_value());
  const std::string after = joined(*edited);
  const auto elements = array_elements(after);
  fuzz::require(elements && elements->back() == std::string_view(record).substr(2));
  const ParsedFile result = parse_status(after, "br0", {1'700'000'000'000'000'000});
  fuzz::require(result.damage.empty());
  // No program writes an address, or its key, with escapes.
  if (text.find('\\') != std::string_view::npos) return;
  std::size_t kept = 0;
  for (const Lease& lease : before.leases) kept += lease.address != removed && lease.address != added.address;
  fuzz::require(result.leases.size() == kept + 1);
}

bool has(const ParsedFile& status, const IpAddress& address) {
  for (const Lease& lease : status.leases) {
    if (lease.address == address) return true;
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const Lease lease = new_lease();
  const std::string record = record_text(lease);
  const IpAddress removed = *parse_ip("10.77.1.1");
  const ParsedFile status = parse_status(text, "br0", {1'700'000'000'000'000'000});
  check_any_array(text, status, removed, lease, record);

  // The rest is about what the program itself has written.
  const std::string own = status_text(status.leases);
  const bool known = has(status, removed);
  const auto edited = edit_status_text(own, removed, record);
  fuzz::require(edited.has_value());
  if (has(status, lease.address)) return 0;
  const ParsedFile result = parse_status(joined(*edited), "br0", {});
  fuzz::require(result.damage.empty() && result.problems.empty());
  fuzz::require(result.leases.size() == status.leases.size() + (known ? 0 : 1));
  fuzz::require(!has(result, removed) && has(result, lease.address));
  return 0;
}
