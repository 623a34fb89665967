#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cli/checks/checks.h"
#include "cli/checks/finding_text.h"
#include "cli/checks/remedy.h"
#include "cli/command_line/exit_code.h"
#include "cli/names/lease_query.h"
#include "cli/names/typed_address.h"
#include "cli/names/typed_name.h"
#include "cli/output/standard_output.h"
#include "cli/output/text_style.h"
#include "cli/verbs/verbs.h"
#include "store/index_reader.h"
#include "util/error.h"
#include "util/folded_name.h"
#include "util/log.h"
#include "util/words.h"

namespace leases::cli {

namespace {

struct CheckOptions {
  std::vector<std::string> words;
  OutputOptions output;
};

/// What to check for a word: an IP address, also that of a hardware address, or a name, as leases have it.
/// Nothing, with a finding, if there is no lease of a hardware address. The word itself if there is no index,
/// which the checks tell.
std::optional<std::string> subject_of(const std::string& word, const CheckContext& context,
                                      Findings& findings) try {
  const Settings& settings = context.settings;
  if (const auto address = typed_ip(word)) return std::string(IpText(*address).view());
  const IndexReader reader(settings);
  std::string problem;
  const auto name = TypedNames(settings).name_of(word, problem);
  const auto hardware = typed_hardware(word);
  if (!hardware) {
    if (!name) log_line(problem);
    return name.value_or(word);
  }
  const std::vector<Lease> leases = leases_of(reader, word);
  if (!leases.empty() && leases.front().hardware == hardware)
    return std::string(IpText(leases.front().address).view());
  if (!leases.empty()) return word;
  findings.problem("nothing is leased to '" + printable(word) + "'", LookAt{leasectl(context, "list")});
  return {};
} catch (const Error&) {
  return word;
}

int check(const CheckContext& context, const CheckOptions& options) {
  std::vector<std::string> subjects;
  std::set<std::string> once;
  Findings unknown("name");
  for (const std::string& word : options.words) {
    const auto subject = subject_of(word, context, unknown);
    if (subject && once.insert(folded(*subject)).second) subjects.push_back(*subject);
  }
  std::vector<Finding> findings = run_checks(context, subjects);
  std::ranges::move(std::move(unknown).take(), std::back_inserter(findings));
  const TextStyle style = TextStyle::of_standard_output(options.output);
  if (options.output.json) {
    print(json_of(findings));
  } else {
    print(style.for_terminal ? text_for_terminal(findings, style.color) : text_of(findings, style.color));
  }
  return all_well(findings) ? kFound : kNotFound;
}

}  // namespace

Verb check_verb(Command leasectl) {
  auto options = std::make_shared<CheckOptions>();
  Command command = leasectl.add_command("check", "Why a name does not resolve, and what fixes it");
  command.add_option("NAME|ADDRESS|MAC", options->words, "Host names, or addresses that are leased");
  add_output_options(command, options->output, "Print a JSON object");
  return {command, [options](const Invocation& invocation) {
            const Settings with_hosts = with_hosts_files(invocation.settings);
            return check(CheckContext{with_hosts, invocation.settings.path}, *options);
          }};
}

}  // namespace leases::cli
