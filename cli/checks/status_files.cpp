#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <set>
#include <vector>

#include "cli/checks/checks.h"
#include "cli/checks/comparison.h"
#include "cli/checks/file_edit.h"
#include "cli/checks/remedy.h"
#include "cli/checks/store_directory.h"
#include "store/file_stamp.h"
#include "store/freshness.h"
#include "store/index_reader.h"
#include "store/network_name.h"
#include "store/status_file.h"
#include "util/error.h"
#include "util/regular_file.h"
#include "util/words.h"

namespace leases::cli {

namespace {

std::set<std::string> networks_of(const IndexReader& index, const Directory& state) {
  std::set<std::string> networks;
  for (const std::string_view name : index.networks()) {
    // The names become file names, and the index may be damaged.
    if (is_network_name(name) && known_source(index.view(), name, {})) networks.emplace(name);
  }
  for (std::string& network : networks_in(state)) networks.insert(std::move(network));
  return networks;
}

void compare(const Directory& state, const CheckContext& context, Findings& findings) {
  const IndexReader index(context.settings);
  for (const std::string& network : networks_of(index, state)) {
    const std::string path = state.path_of(status_name(network));
    const auto status = state.status_of(status_name(network));
    const PresentStamp stamp = status ? PresentStamp(stamp_of(*status)) : std::nullopt;
    if (status && !S_ISREG(status->st_mode)) {
      findings.problem(printable(path) + " is " + kind_of_file(status->st_mode) + ", not a file",
                       "rm -r " + shell_word(path) + " && " + rebuild_command(context));
    } else if (!has_stamp(known_source(index.view(), network, {}), stamp)) {
      findings.problem(printable(path) + (status ? " was changed, and the index is not up to date with it"
                                                 : " does not exist, but the index still has leases from it"),
                       rebuild_command(context));
    }
  }
}

bool has_leases_from_files(const CheckContext& context) try {
  const std::vector<IndexedSource> known = known_sources(IndexReader(context.settings).view());
  return std::ranges::any_of(known, [](const IndexedSource& source) { return source.path.empty(); });
} catch (const Error&) {
  return false;
}

/// Listing the files needs the right to read, looking at one the right to search.
bool is_unreadable(const std::string& path) {
  return ::faccessat(AT_FDCWD, path.c_str(), R_OK | X_OK, AT_EACCESS) != 0 && errno == EACCES;
}

void check_damaged(const Directory& state, Findings& findings) {
  for (const std::string& name : state.names()) {
    if (name.find(".status.damaged-") == std::string::npos) continue;
    findings.problem(printable(state.path_of(name)) +
                         ": a damaged file that the helper set aside; look at it, then remove it",
                     "rm " + shell_word(state.path_of(name)));
  }
}

}  // namespace

std::vector<Finding> check_status_files(const CheckContext& context) {
  const std::string& path = context.settings.state_directory;
  Findings findings("status");
  if (is_unreadable(path)) {
    findings.unknown(printable(path) + " is not readable by this user");
    return std::move(findings).take();
  }
  const auto state = Directory::open_existing(path);
  const bool is_odd = !state || (context.configuration == paths::kConfig && was_never_store(path));
  if (is_odd && path != context.standard_state && has_status_files(context.standard_state)) {
    findings.problem(printable(context.configuration) + " has the state-directory " + printable(path) +
                         (state ? ", in which there was never a lease" : ", which does not exist") +
                         "; there are status files in " + context.standard_state,
                     removing_key("state-directory", context.configuration));
    return std::move(findings).take();
  }
  if (!state && has_leases_from_files(context)) {
    findings.problem(printable(path) + " does not exist, but the index still has leases from there",
                     rebuild_command(context));
    return std::move(findings).take();
  }
  if (!state) {
    findings.ok(printable(path) + " does not exist yet: there has been no lease");
    return std::move(findings).take();
  }
  try {
    findings = settled_findings("status", [&](Findings& found) { compare(*state, context, found); });
  } catch (const Error&) {
    findings.unknown("without an index, the files in " + printable(path) + " cannot be compared with it");
  }
  check_damaged(*state, findings);
  if (findings.empty()) {
    const std::size_t count = networks_in(*state).size();
    findings.ok(printable(path) + ": the index is up to date with the status files (" +
                std::to_string(count) + ')');
  }
  return std::move(findings).take();
}

}  // namespace leases::cli
