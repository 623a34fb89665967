#include "dnsmasq/renewal_hint.h"

#include <string>

#include "dnsmasq/options.h"
#include "util/log.h"
#include "util/processes.h"

namespace leases {

namespace {

std::string advice_for(const DnsmasqOptions& options) {
  const std::string& file = options.script_file().empty() ? options.main_file() : options.script_file();
  if (options.script_file().empty() && options.has_own_file())
    return "give dnsmasq --script-on-renewal beside --dhcp-script";
  return "add the line script-on-renewal to " + file + " and restart dnsmasq";
}

}  // namespace

void warn_of_unreported_renewals(const CallingDnsmasq& caller) {
  const DnsmasqOptions options(arguments_of(caller.process.id), kDnsmasqFile);
  if (options.script().empty() || options.reports_renewals() || !options.unread().empty()) return;
  log_line("dnsmasq does not say when leases are renewed, so names end while their leases go on; " +
           advice_for(options));
}

}  // namespace leases
