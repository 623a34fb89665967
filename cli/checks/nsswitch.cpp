#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "cli/checks/checks.h"
#include "cli/checks/file_edit.h"
#include "cli/checks/nsswitch_file.h"
#include "cli/checks/nsswitch_place.h"
#include "cli/checks/open_to_others.h"
#include "common/host_name.h"
#include "util/regular_file.h"
#include "util/words.h"

namespace leases::cli {

namespace {

/// What of a line is replaced.
enum class Extent : bool { to_comment, whole };

bool is_plain(const NssService& service) {
  return std::ranges::all_of(service.name, [](char c) { return is_alphanumeric(c) || c == '_' || c == '-'; });
}

std::string text_of(const std::vector<NssService>& services) {
  std::string text = "hosts:";
  for (const NssService& service : services) text += ' ' + service.text();
  return printable(text);
}

/// The words come from a file and become part of a command.
std::string fixed_line(const std::vector<NssService>& services) {
  std::vector<NssService> fixed = with_leases(services);
  std::erase_if(fixed, [](const NssService& service) { return !is_plain(service); });
  return text_of(fixed);
}

/// `name` is a pattern for what the line begins with: its number may be another line's one day.
std::string replacing_line(const CheckContext& context, unsigned number, std::string_view name,
                           const std::vector<NssService>& services, Extent extent = Extent::to_comment) {
  std::string script = std::to_string(number) + "s/^[[:space:]]*";
  script.append(name).append(extent == Extent::whole ? ".*/" : "[^#]*/").append(fixed_line(services));
  if (std::ranges::any_of(services, has_comment) && extent == Extent::to_comment) script += ' ';
  return sed_command(script + '/', context.nsswitch);
}

std::string removing_brackets(const CheckContext& context, const BadNsswitchLine& line) {
  const std::string number = std::to_string(line.number);
  std::string script;
  for (const std::string& brackets : line.brackets) {
    // What cannot be written in a command is removed with all others.
    if (one_line(brackets) != brackets) return sed_command(number + R"(s/\[[^]]*\]?//g)", context.nsswitch);
    script.append(script.empty() ? "" : ";").append(number).append("s/").append(sed_literal(brackets));
    script.append("//");
  }
  return sed_command(script, context.nsswitch);
}

/// A line of hosts that is bad is fixed as a whole.
void check_bad_lines(const CheckContext& context, const NsswitchFile& file, Findings& findings) {
  for (const BadNsswitchLine& line : file.bad_lines) {
    findings.problem(context.nsswitch + ", line " + std::to_string(line.number) +
                         ": the brackets cannot be parsed, so glibc takes nothing from the file",
                     line.number == file.hosts_line
                         ? replacing_line(context, file.hosts_line, "hosts", file.hosts, Extent::whole)
                         : removing_brackets(context, line));
  }
}

/// Who else writes the file, as the end of a sentence.
std::string other_writer(const CheckContext& context) {
  std::error_code error;
  const std::string file = std::filesystem::weakly_canonical(context.nsswitch, error);
  if (file.find("/authselect/") == std::string::npos) return {};
  return "; authselect made that file and will make it again, so put leases into a profile of your own, too "
         "(authselect create-profile)";
}

void check_hosts(const CheckContext& context, const NsswitchFile& file, Findings& findings) {
  const std::string place = context.nsswitch + ", '";
  if (file.has_hosts) {
    const bool is_bad = std::ranges::any_of(
        file.bad_lines, [&](const BadNsswitchLine& line) { return line.number == file.hosts_line; });
    if (const std::string wrong = wrong_with(file.hosts); !wrong.empty() && !is_bad)
      findings.problem(place + text_of(file.hosts) + "': " + wrong + other_writer(context),
                       replacing_line(context, file.hosts_line, "hosts", file.hosts));
  } else if (file.misnamed_line != 0) {
    findings.problem(
        context.nsswitch + ", line " + std::to_string(file.misnamed_line) +
            ": glibc does not know it by this name, which has to be 'hosts'" + other_writer(context),
        replacing_line(context, file.misnamed_line, "[Hh][Oo][Ss][Tt][Ss]?", file.misnamed_hosts));
  } else {
    findings.problem(place + text_of(file.hosts) + "': the line is missing, and this is the default" +
                         other_writer(context),
                     adding_lines(context.nsswitch, {fixed_line(file.hosts)}));
  }
}

}  // namespace

std::vector<Finding> check_nsswitch(const CheckContext& context) {
  Findings findings("nsswitch");
  const RegularFile file = read_regular_file(context.nsswitch);
  if (!file.read() && file.state != RegularFile::State::absent) {
    findings.problem(context.nsswitch + ' ' + file.problem(),
                     LookAt{"ls -lL " + shell_word(context.nsswitch)});
    return std::move(findings).take();
  }
  if (file.read() && (file.status.st_mode & 0444U) != 0444U)
    findings.problem(context.nsswitch + " is not readable by everybody, so others find nothing by it",
                     "chmod a+r " + shell_word(context.nsswitch));
  if (file.read() && is_open_to_others(context.nsswitch))
    findings.problem(open_to_others(context.nsswitch), closing(context.nsswitch));
  NsswitchFile services = NsswitchFile::parse(file.text);
  if (services.hosts_unfinished) {
    findings.problem(context.nsswitch + ": the line hosts has no newline at its end, so glibc ignores it",
                     "echo >> " + shell_word(context.nsswitch));
    // What else is wrong with it shows when it counts.
    services = NsswitchFile::parse(file.text + '\n');
  }
  check_bad_lines(context, services, findings);
  check_hosts(context, services, findings);
  if (findings.empty()) findings.ok(text_of(services.hosts));
  return std::move(findings).take();
}

}  // namespace leases::cli
