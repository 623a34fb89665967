#include <memory>
#include <string>
#include <vector>

#include "cli/command_line/exit_code.h"
#include "cli/names/lease_query.h"
#include "cli/output/lease_output.h"
#include "cli/verbs/verbs.h"
#include "store/index_reader.h"
#include "util/log.h"

namespace leases::cli {

namespace {

int lookup(const Settings& settings, const std::string& subject, const OutputOptions& output) {
  const IndexReader reader(settings);
  const std::vector<Lease> leases = leases_typed(reader, settings, subject);
  if (leases.empty()) log_line("nothing is leased to '" + subject + "'");
  if (!leases.empty() || output.json) print_leases(leases, output);
  return leases.empty() ? kNotFound : kFound;
}

struct LookupOptions {
  std::string subject;
  OutputOptions output;
};

}  // namespace

Verb lookup_verb(Command leasectl) {
  auto options = std::make_shared<LookupOptions>();
  Command command = leasectl.add_command(
      "lookup", "The leases of a host name, an address, a MAC address or a client identifier");
  command.add_option("NAME|ADDRESS|MAC|CLIENT-ID", options->subject, "What to look up").required();
  add_output_options(command, options->output, "Print a JSON array");
  add_long_option(command, options->output);
  return {command, [options](const Invocation& invocation) {
            return lookup(invocation.settings, options->subject, options->output);
          }};
}

}  // namespace leases::cli
