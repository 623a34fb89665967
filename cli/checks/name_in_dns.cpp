#include "cli/checks/name_in_dns.h"

#include <optional>
#include <utility>

#include "cli/checks/addresses_text.h"
#include "util/regular_file.h"
#include "util/words.h"

namespace leases::cli {

namespace {

/// The server that is asked first; this host, if the file names none (resolv.conf(5)).
std::string first_name_server(const std::string& resolv_conf) {
  for (const std::string_view line : lines_of(resolv_conf)) {
    const auto words = words_of(line);
    if (words.size() >= 2 && words[0] == "nameserver") return std::string(words[1]);
  }
  return "127.0.0.1";
}

/// 127.0.0.0/8 and ::1 (RFC 6890).
bool is_loopback(const IpAddress& address) {
  return address.family == Family::v4 ? address.bytes[0] == 127 : address == parse_ip("::1");
}

/// Nothing if the server does not answer.
std::optional<std::set<IpAddress>> addresses_in_dns(const NameServices& services, const IpAddress& server,
                                                    const std::string& name) {
  auto addresses = services.ask_dns(server, name, Family::v4);
  if (!addresses) return {};
  if (auto others = services.ask_dns(server, name, Family::v6)) addresses->merge(*others);
  return addresses;
}

}  // namespace

void compare_with_dns(const CheckContext& context, const std::string& name, const std::set<IpAddress>& leased,
                      Findings& findings) {
  const std::string first = first_name_server(read_regular_file(context.resolv_conf).text);
  const auto server = parse_ip(first);
  if (!server || !is_loopback(*server)) {
    // A guest's name is nobody else's business.
    findings.unknown("the DNS server " + printable(first) +
                     " is not this host (127.0.0.0/8, ::1), and was not asked what a program gets that does "
                     "not ask NSS");
    return;
  }
  const auto found = addresses_in_dns(context.services, *server, name);
  if (!found) return;
  const std::string text = "a program that asks DNS, not NSS, gets " +
                           (*found == leased ? "the same" : text_of(*found)) + " from " +
                           std::string(IpText(*server).view());
  *found == leased ? findings.ok(text) : findings.unknown(text);
}

}  // namespace leases::cli
