#include <unistd.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "cli/checks/checks.h"
#include "cli/checks/comparison.h"
#include "cli/checks/missing_sources.h"
#include "cli/checks/remedy.h"
#include "import/source_list.h"
#include "import/source_reader.h"
#include "import/sources_in_index.h"
#include "store/freshness.h"
#include "store/index_reader.h"
#include "store/source_place.h"
#include "util/error.h"
#include "util/glob.h"
#include "util/processes.h"
#include "util/words.h"

namespace leases::cli {

namespace {

std::string import_command(const CheckContext& context) {
  return leasectl(context, "import");
}

/// Whether a file has nothing that an index could have of it, as that of a network in which nobody is yet.
bool has_nothing(const SourceFile& file) {
  const SourceReading contents = SourceReader().read(file, SourcesInIndex(IndexView()));
  return contents.state == SourceReading::State::read && contents.damage.empty() &&
         contents.problems.empty() && contents.parsed.leases.empty() && contents.parsed.guests.empty();
}

/// Whether a file is incomplete because its writer is at work.
bool is_being_written(const SourceFile& file, const SourcesInIndex& known) {
  SourceReader reader;
  SourceReading contents = reader.read(file, known);
  reader.look_at_writers();
  reader.settle(file, contents);
  return contents.state == SourceReading::State::unsettled;
}

void compare_with(const SourcesInIndex& known_sources, const SourceFile& file, const CheckContext& context,
                  Findings& findings) {
  const IndexedSource* known = known_sources.find(file.network, file.path);
  const auto present = stamp_at(file.path);
  const std::string path = printable(file.path);
  if (!present) {
    if (known != nullptr)
      findings.problem(path + " does not exist, but the index still has it", import_command(context));
    return;
  }
  const IndexState state = state_of(known, present);
  if (state == IndexState::unknown) {
    findings.unknown(path + " is not readable by this user");
  } else if (state != IndexState::stale || present == layout::FileStamp{} ||
             (known == nullptr && has_nothing(file))) {
    return;  // report_damaged() reports a file that the index knows to be damaged.
  } else if (known != nullptr && is_being_written(file, known_sources)) {
    findings.unknown(path + " is being written");
  } else {
    findings.problem(path + " was written, and the index is not up to date with it", import_command(context));
  }
}

void compare(const CheckContext& context, const SourceListing& sources, Findings& findings) {
  const IndexReader index(context.settings);
  const SourcesInIndex known_sources(index.view());
  std::set<std::pair<std::string_view, std::string_view>> present;
  for (const SourceFile& file : sources.files) {
    present.emplace(file.network, file.path);
    compare_with(known_sources, file, context, findings);
  }
  for (const IndexedSource& known : known_sources.all()) {
    if (known.path.empty() || present.contains({known.network, known.path})) continue;
    // What this user cannot list is said with the directory.
    if (!sources.may_hold(known.path))
      findings.problem(printable(known.path) + " is not a source any more, but the index still has it",
                       import_command(context));
  }
}

/// The files that the index is up to date with, but that could not be imported.
void report_damaged(const CheckContext& context, const SourceListing& sources, Findings& findings) {
  const IndexReader index(context.settings);
  const SourcesInIndex known_sources(index.view());
  const SourcesInIndex nothing_known{IndexView()};
  for (const SourceFile& file : sources.files) {
    const IndexedSource* known = known_sources.find(file.network, file.path);
    if (known == nullptr || !known->damaged) continue;
    const std::string damage = SourceReader().read(file, nothing_known).damage;
    findings.problem(printable(file.path) + ' ' + (damage.empty() ? "is empty" : printable(damage)) +
                         "; its earlier leases stay until its writer writes it again",
                     LookAt{"ls -ld " + shell_word(file.path)});
  }
}

bool is_follower(const Process& process) {
  const auto has = [&](const char* word) {
    return std::ranges::find(process.arguments, word) != process.arguments.end();
  };
  return has("import") && has("--follow");
}

/// Whether a boot starts our service, whatever target an administrator chose for it. A link in /run is gone
/// by then.
bool is_enabled(const CheckContext& context) {
  const auto is_wanted = [](const std::string& directory, const char* unit) {
    const auto links =
        matching_paths(as_pattern(directory) + "/*.wants/" + unit, [](const std::string&, int) {});
    return std::ranges::any_of(links,
                               [](const std::string& link) { return ::access(link.c_str(), F_OK) == 0; });
  };
  return std::ranges::any_of(context.unit_directories, [&](const std::string& directory) {
    return is_wanted(directory, "leases-import.path") || is_wanted(directory, "leases-import.service");
  });
}

/// Without systemd, imports may be a timer's.
void check_follower(const CheckContext& context, const SourceListing& sources, Findings& findings) {
  const bool has_files = std::ranges::any_of(
      sources.files, [](const SourceFile& file) { return stamp_at(file.path).has_value(); });
  if (!has_files || !sees_all_processes(context.proc) || ::access(context.systemd.c_str(), F_OK) != 0) return;
  auto followers = processes_named(context.proc, "leasectl");
  std::erase_if(followers, [](const Process& process) { return !is_follower(process); });
  if (!followers.empty()) {
    // What an administrator starts in another way may well start at the boot.
    const bool is_ours = std::ranges::any_of(followers, [&](const Process& process) {
      return is_in_service(process.id, "leases-import", context.proc);
    });
    if (is_ours && !is_enabled(context))
      findings.problem(
          "nothing will follow other programs' files after the next boot: leases-import.path is not enabled",
          "systemctl enable leases-import.path");
    return;
  }
  findings.problem("nothing follows other programs' files: leases-import.service does not run",
                   "systemctl enable --now leases-import.path && systemctl start leases-import.service");
}

}  // namespace

std::vector<Finding> check_sources(const CheckContext& context) {
  Findings findings("sources");
  const SourceListing sources = configured_sources(context.settings);
  try {
    findings = settled_findings("sources", [&](Findings& found) { compare(context, sources, found); });
    report_damaged(context, sources, findings);
  } catch (const Error&) {
    findings.unknown("without an index, other programs' files cannot be compared with it");
  }
  for (const std::string& problem : sources.problems) {
    if (::geteuid() == 0) {
      findings.problem(printable(problem), LookAt{"man nss-leases.conf"});
    } else {
      findings.unknown(printable(problem));
    }
  }
  check_follower(context, sources, findings);
  if (!findings.any_problem()) {
    for (MissingSource& missing : sources_without_files(context)) findings.unknown(std::move(missing.text));
  }
  if (findings.empty())
    findings.ok("the index is up to date with other programs' files (" +
                std::to_string(sources.files.size()) + ')');
  return std::move(findings).take();
}

}  // namespace leases::cli
