#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/command_line/exit_code.h"
#include "cli/names/lease_query.h"
#include "cli/names/refused_guest.h"
#include "cli/output/json_text.h"
#include "cli/output/lease_output.h"
#include "cli/output/standard_output.h"
#include "cli/release/lease_release.h"
#include "cli/verbs/verbs.h"
#include "store/index_reader.h"
#include "util/local_subnets.h"
#include "util/log.h"

namespace leases::cli {

namespace {

/// dnsmasq ends a lease within milliseconds if it receives the release.
constexpr std::chrono::seconds kPatience(10);

struct ReleaseOptions {
  std::string subject;
  std::string guest;  ///< a name in a MAC map, in place of the subject
  bool all = false;
  bool json = false;
};

/// The outcome for each lease (schema/release.schema.json): "released", or `reason` for those in `rest`.
void print_json(const std::vector<Lease>& leases, const std::vector<Lease>& rest, const char* reason) {
  const LocalSubnets subnets;
  auto list = nlohmann::ordered_json::array();
  for (const Lease& lease : leases) {
    nlohmann::ordered_json object;
    object["outcome"] = has_ended(lease, rest) ? "released" : reason;
    object["lease"] = json_of(lease, subnets);
    list.push_back(std::move(object));
  }
  print(json_text(list, 2) + '\n');
}

/// Lists the leases of an ambiguous word.
void disambiguate(const std::string& subject, const std::vector<Lease>& leases) {
  log_line("'" + subject + "' has several leases; name one by its address, or release all with --all:");
  for (const Lease& lease : leases) std::cerr << "  " << one_line(lease) << '\n';
}

int release(const Settings& settings, const ReleaseOptions& options) {
  if (options.subject.empty() && options.guest.empty()) {
    log_line("say whose lease to end: a name, an address or --guest GUEST; see leasectl release --help");
    return kUsage;
  }
  const IndexReader reader(settings);
  const bool is_guest = options.subject.empty();
  const std::string& subject = is_guest ? options.guest : options.subject;
  std::vector<Lease> leases =
      is_guest ? leases_of_guest(reader, subject) : leases_typed(reader, settings, subject);
  std::erase_if(leases, [](const Lease& lease) { return lease.reserved; });
  if (leases.empty()) {
    const std::string refused =
        is_guest ? refused_guest(with_own_names(settings).names, subject) : std::string();
    if (!refused.empty()) log_line(refused);
    log_line("nothing is leased to " + std::string(is_guest ? "the guest '" : "'") + subject + "'");
    if (options.json) print_json({}, {}, "kept");
    return kNotFound;
  }
  if (leases.size() > 1 && !is_guest && !options.all) {
    disambiguate(subject, leases);
    if (options.json) print_json(leases, leases, "kept");
    return kNotFound;
  }
  const std::vector<Lease> rest = release_leases(settings, leases, reader.live_leases(), kPatience);
  if (options.json) print_json(leases, rest, "unanswered");
  return rest.empty() ? kFound : kNotFound;
}

}  // namespace

Verb release_verb(Command leasectl) {
  auto options = std::make_shared<ReleaseOptions>();
  Command command = leasectl.add_command("release", "End a lease now, as its client would");
  const Option subject =
      command.add_option("NAME|ADDRESS|MAC|CLIENT-ID", options->subject, "Whose lease to end");
  command.add_option("--guest", options->guest, "End all leases of this guest: for libvirt, the domain")
      .value("GUEST")
      .excludes(subject);
  command.add_flag("--all", options->all, "All its leases, if there are several");
  command.add_flag("--json", options->json, "Print a JSON array: what became of each lease");
  return {command,
          [options](const Invocation& invocation) { return release(invocation.settings, *options); }};
}

}  // namespace leases::cli
