#include "cli/checks/dnsmasq_stopped.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "cli/checks/dnsmasq_remedy.h"
#include "cli/checks/dnsmasq_script.h"
#include "cli/checks/dnsmasq_start.h"
#include "cli/checks/file_edit.h"
#include "cli/checks/missing_sources.h"
#include "import/source_list.h"
#include "util/words.h"

namespace leases::cli {

namespace {

/// The dhcp-script in the files of a dnsmasq that is not running. `none` is "no dnsmasq", or "no other
/// dnsmasq" where one was seen that may be anybody's.
void check_script_in_files(const CheckContext& context, const DnsmasqOptions& options,
                           const std::string& none, Findings& findings) {
  const std::string& script = options.script();
  const std::string place = " in " + printable(options.script_file());
  switch (kind_of(context, script)) {
    case ScriptKind::other:
      findings.problem(none + " runs the helper, and the dhcp-script" + place + " is another one; " +
                       calling_advice(context, script));
      return;
    case ScriptKind::missing:
      findings.problem(none + " runs the helper, and the dhcp-script" + place + ", " + printable(script) +
                           ", does not exist",
                       replacing_script(context, options) + " && " + restarting_service(context));
      return;
    case ScriptKind::runs_helper:
    case ScriptKind::helper:
      break;
  }
  if (!options.reports_renewals() && options.unread().empty())
    findings.problem(
        "dnsmasq would not run the helper on renewals, so names would expire while their leases "
        "go on; " +
            renewals_advice(context, options),
        adding_renewals(context, options));
  findings.problem(
      none + " serves DHCP, though " + printable(options.script_file()) + " has the helper as dhcp-script",
      restarting_service(context));
}

/// Where no service of dnsmasq could be started. Another program may have one in it (Pi-hole), or another
/// container.
void report_no_service(const CheckContext& context, const std::string& why, const std::string& none,
                       Findings& findings) {
  if (const std::size_t count = own_leases(context); count > 0) {
    findings.unknown(none + " that is seen from here runs the helper, though it was told of " +
                     std::to_string(count) + (count == 1 ? " lease that goes on" : " leases that go on"));
    return;
  }
  findings.problem(none + " runs the helper, and " + why +
                       ": install dnsmasq, or name other programs' lease files as sources",
                   LookAt{"man nss-leases.conf"});
}

/// A source of leases that no file is behind, where nothing says that leases should come from a dnsmasq that
/// runs the helper. A path that does not exist comes before a pattern: the latter may match something later.
std::optional<MissingSource> missing_source_to_blame(const CheckContext& context,
                                                     const DnsmasqOptions& options) {
  const bool is_set_up = !options.script().empty() || !options.unread().empty() ||
                         !unread_script_file(context, options).empty() || own_leases(context) > 0;
  if (is_set_up) return {};
  auto missing = sources_without_files(context);
  std::erase_if(missing, [](const MissingSource& source) { return !source.has_leases; });
  const auto worst = std::ranges::find(missing, false, &MissingSource::is_pattern);
  if (worst != missing.end()) return *worst;
  return missing.empty() ? std::nullopt : std::optional(missing.front());
}

}  // namespace

void check_stopped(const CheckContext& context, const std::string& none, Findings& findings) {
  const DnsmasqOptions options = options_in_files(context);
  const auto files = configured_sources(context.settings).files;
  const bool imports = std::any_of(files.begin(), files.end(), [](const SourceFile& file) {
    struct stat status {};
    return !properties_of(file.kind).has_guests && ::stat(file.path.c_str(), &status) == 0;
  });
  if (imports) {
    findings.ok(none + " runs the helper; leases of other programs are imported");
  } else if (const auto missing = missing_source_to_blame(context, options)) {
    std::string text = none + " runs the helper, and " + missing->text;
    // As that of a hotspot that is off.
    if (missing->is_pattern) return findings.unknown(std::move(text));
    findings.problem(std::move(text), LookAt{editor_command(context.configuration)});
  } else if (const std::string why = wrong_with_service(context); !why.empty()) {
    report_no_service(context, why, none, findings);
  } else if (report_failing_start(context, options, findings)) {
    return;
  } else if (!options.script().empty()) {
    check_script_in_files(context, options, none, findings);
  } else if (!options.unread().empty()) {
    for (const std::string& unread : options.unread())
      findings.unknown(
          std::string(none).append(" runs the helper, and what its files say is not known: ").append(unread));
  } else if (const std::string unread = unread_script_file(context, options); !unread.empty()) {
    findings.problem(
        none + " runs the helper, and none would read " + printable(unread) + ", which has it as dhcp-script",
        reading_script_file(context, options, unread) + " && " + restarting_service(context));
  } else {
    findings.problem(none + " runs the helper, and there is no dhcp-script=" + context.helper + " in " +
                         context.dnsmasq_file + " or " + context.dnsmasq_directory,
                     adding_script(context, options) + " && " + restarting_service(context));
  }
}

}  // namespace leases::cli
