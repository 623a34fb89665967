#include "import/incus_domain.h"

#include <algorithm>

#include "common/host_name.h"
#include "import/source_file.h"
#include "util/error.h"

namespace leases {

namespace {

constexpr std::string_view kLeaseFile = "/dnsmasq.leases";

/// The next item of a YAML list, in either form, without quotes; the rest begins after it.
std::string_view next_argument(std::string_view& rest) {
  constexpr std::string_view kBetween = " \t\r\n,[]\"'";
  for (;;) {
    rest.remove_prefix(std::min(rest.find_first_not_of(kBetween), rest.size()));
    const std::string_view item = rest.substr(0, rest.find_first_of(kBetween));
    rest.remove_prefix(item.size());
    // The mark of an item that has a line of its own.
    if (item != "-") return item;
  }
}

}  // namespace

std::optional<std::string> domain_in_process_file(std::string_view text) {
  constexpr std::string_view kArguments = "args:";
  std::size_t begin = 0;
  while (begin < text.size() && !text.substr(begin).starts_with(kArguments))
    begin = std::min(text.find('\n', begin), text.size() - 1) + 1;
  const std::size_t end = text.find("\npid:", begin);
  if (begin == text.size() || end == std::string_view::npos) return {};
  text = text.substr(begin, end - begin);
  text.remove_prefix(kArguments.size());
  for (std::string_view item = next_argument(text); !item.empty(); item = next_argument(text)) {
    if (item != "-s") continue;
    const std::string_view domain = next_argument(text);
    const bool is_usable = is_domain_name(domain) && !is_localhost_domain(domain);
    return is_usable ? std::string(domain) : std::string();
  }
  return std::string();
}

std::string incus_process_file(const std::string& lease_file) {
  if (!lease_file.ends_with(kLeaseFile)) return {};
  return lease_file.substr(0, lease_file.size() - kLeaseFile.size()) + "/dnsmasq.pid";
}

std::optional<std::string> incus_domain(const std::string& lease_file) try {
  const std::string path = incus_process_file(lease_file);
  if (path.empty()) return std::string();
  const FoundFile found = find_file(path);
  if (found.file.read()) return domain_in_process_file(found.file.text);
  if (found.is_there()) return {};
  // Both programs write this one for each network.
  const std::string mark = path.substr(0, path.rfind('/')) + "/dnsmasq.raw";
  return find_file(mark).is_there() ? std::nullopt : std::optional(std::string());
} catch (const Error&) {
  // No reason to leave all sources unread.
  return {};
}

}  // namespace leases
