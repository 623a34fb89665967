/// A record is taken out of any text and another one put in. Of a status file it leaves a status file with
/// exactly the other records; of anything else it does not read beyond the end.

#include <string>
#include <string_view>

#include "helper/status_parser.h"
#include "helper/status_text.h"
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

bool has(const ParsedStatus& status, const IpAddress& address) {
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
  static_cast<void>(edit_status_text(text, removed, record));

  // The rest is about what the program itself has written.
  const ParsedStatus status = parse_status(text, "br0", {1'700'000'000'000'000'000});
  const std::string own = status_text(status.leases);
  const bool known = has(status, removed);
  const auto edited = edit_status_text(own, removed, record);
  fuzz::require(edited.has_value() == known);
  if (!edited || has(status, lease.address)) return 0;
  const ParsedStatus result = parse_status(joined(*edited), "br0", {});
  fuzz::require(result.damage.empty());
  fuzz::require(result.leases.size() == status.leases.size());
  fuzz::require(!has(result, removed) && has(result, lease.address));
  return 0;
}
