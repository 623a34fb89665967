#include "cli/checks/dnsmasq_remedy.h"

#include <fnmatch.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "cli/checks/file_edit.h"
#include "cli/checks/remedy.h"
#include "util/words.h"

namespace leases::cli {

namespace {

/// As nss-leases.conf(5) has them.
constexpr std::array kLeaseFilesOfPrograms{
    "/var/lib/incus/networks/*/dnsmasq.leases", "/var/lib/lxd/networks/*/dnsmasq.leases",
    "/var/snap/lxd/common/lxd/networks/*/dnsmasq.leases", "/var/lib/NetworkManager/dnsmasq-*.leases"};

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

std::string adding_source(const CheckContext& context, const DnsmasqOptions& options) {
  const auto* pattern = std::ranges::find_if(kLeaseFilesOfPrograms, [&](const char* glob) {
    return ::fnmatch(glob, options.lease_file().c_str(), FNM_PATHNAME) == 0;
  });
  if (pattern == kLeaseFilesOfPrograms.end()) return {};
  std::string command = adding_lines(context.configuration, {"[[source]]", "kind = \"dnsmasq-leases\"",
                                                             std::string("path = \"") + *pattern + '"'});
  command += " && " + leasectl(context, "import");
  if (::access(context.systemd.c_str(), F_OK) == 0)
    command += " && systemctl enable --now leases-import.path";
  return command;
}

std::string replacing_script(const CheckContext& context, const DnsmasqOptions& options) {
  if (options.script_file().empty()) return {};
  return sed_command("s|^[[:space:]]*dhcp-script[[:space:]]*=.*|" + helper_line(context) + '|',
                     options.script_file());
}

std::string renewals_advice(const CheckContext& context, const DnsmasqOptions& options) {
  const std::string file = file_for_renewals(context, options);
  if (file.empty()) return "give it --script-on-renewal on its command line";
  return "add the line script-on-renewal to " + printable(file);
}

std::string calling_advice(const CheckContext& context, const std::string& script) {
  return printable(script) + " can run it: " + context.helper + " \"$@\"";
}

}  // namespace leases::cli
