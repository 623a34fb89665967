/// Any arguments and environment of the helper: lines "argument" and "NAME=value". The event made from them
/// is one that the rest of the program can rely on.

#include <algorithm>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "helper/lease_event.h"
#include "import/status_parser.h"
#include "store/client_name.h"
#include "store/init_stream.h"
#include "store/name_policy.h"
#include "store/network_name.h"
#include "store/status_text.h"
#include "tests/fuzz/read_everything.h"

namespace {

using namespace leases;

constexpr EpochSeconds kNow{1'700'000'000};

void check_event(const LeaseEvent& event) {
  fuzz::require(event.network.empty() || is_network_name(event.network));
  fuzz::require(event.hostname.empty() || is_client_name(event.hostname));
  fuzz::require(event.domain.empty() || is_domain_name(event.domain));
  if (event.kind == LeaseEvent::Kind::ended) return;
  Lease lease = event.lease("br0");
  lease.changed = {1};
  lease.name_refused =
      !lease.hostname.empty() && NamePolicy({"a*"}, {"ab*"}).refusal(lease.hostname).has_value();
  const ParsedFile read = parse_status(status_text({lease}), "br0", {});
  fuzz::require(read.damage.empty() && read.problems.empty() && read.leases.size() == 1);
  fuzz::require(read.leases[0].hostname == lease.hostname && read.leases[0].expiry == lease.expiry);
  const std::string rows = init_stream({lease}, {0});
  fuzz::require(std::ranges::count(rows, '\n') <= 2);
  // Bytes above ASCII occur only in a name, which is UTF-8 without control characters.
  fuzz::require(
      std::ranges::none_of(rows, [](char c) { return c == '\x7f' || (c >= 0 && c < ' ' && c != '\n'); }));
  const std::string row = rows.substr(rows.starts_with("duid ") ? rows.find('\n') + 1 : 0);
  fuzz::require(row.empty() || std::ranges::count(row, ' ') == 4);
}

void check(const HookCall& call) {
  if (const auto* event = std::get_if<LeaseEvent>(&call)) check_event(*event);
  if (const auto* request = std::get_if<InitRequest>(&call))
    fuzz::require(request->network.empty() || is_network_name(request->network));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::string_view> arguments;
  std::map<std::string, std::string_view, std::less<>> variables;
  std::string_view rest{reinterpret_cast<const char*>(data), size};
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) {
      arguments.push_back(line);
    } else {
      variables.emplace(line.substr(0, equals), line.substr(equals + 1));
    }
  }
  const Environment environment = [&](const char* name) -> std::optional<std::string_view> {
    const auto found = variables.find(std::string_view(name));
    if (found == variables.end()) return {};
    return found->second;
  };
  for (const bool for_libvirt : {false, true})
    check(parse_hook_call(arguments, environment, kNow, for_libvirt));
  return 0;
}
