#include "cli/checks/dnsmasq_remedy.h"

#include <sys/stat.h>

#include "cli/checks/file_edit.h"

namespace leases::cli {

namespace {

constexpr const char* kRenewals = "script-on-renewal";

/// The file may be a device: with /dev/null, dnsmasq has no file at all.
bool can_have_lines(const std::string& file) {
  struct stat status {};
  return file.starts_with('/') && (::stat(file.c_str(), &status) != 0 || S_ISREG(status.st_mode));
}

std::string helper_line(const CheckContext& context) {
  return "dhcp-script=" + context.helper;
}

}  // namespace

std::string file_for_script(const CheckContext& context, const DnsmasqOptions& options) {
  constexpr const char* kName = "nss-leases.conf";
  if (options.would_read(context.dnsmasq_directory, kName)) return context.dnsmasq_directory + '/' + kName;
  return can_have_lines(options.main_file()) ? options.main_file() : std::string();
}

std::string file_for_renewals(const CheckContext& context, const DnsmasqOptions& options) {
  return options.script_file().empty() ? file_for_script(context, options) : options.script_file();
}

std::string adding_script(const CheckContext& context, const DnsmasqOptions& options) {
  std::vector<std::string> lines{helper_line(context)};
  if (!options.reports_renewals()) lines.emplace_back(kRenewals);
  return adding_lines(file_for_script(context, options), lines);
}

std::string adding_renewals(const CheckContext& context, const DnsmasqOptions& options) {
  return adding_lines(file_for_renewals(context, options), {kRenewals});
}

std::string replacing_script(const CheckContext& context, const DnsmasqOptions& options) {
  if (options.script_file().empty()) return {};
  return sed_command("s|^[[:space:]]*dhcp-script[[:space:]]*=.*|" + helper_line(context) + '|',
                     options.script_file());
}

}  // namespace leases::cli
