#include <unistd.h>

#include <chrono>
#include <set>
#include <string_view>
#include <thread>
#include <utility>

#include "cli/checks/checks.h"
#include "cli/checks/remedy.h"
#include "import/source_list.h"
#include "import/source_reader.h"
#include "import/sources_in_index.h"
#include "store/index_reader.h"
#include "store/source_place.h"
#include "util/words.h"

namespace leases::cli {

namespace {

/// How often the two are compared, and the time between: an import may be under way.
constexpr int kSourceAttempts = 5;
constexpr std::chrono::milliseconds kBetweenSourceAttempts{100};

std::string import_command(const CheckContext& context) {
  return leasectl(context, "import");
}

/// Whether a file lacks something because its writer is at it.
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
  if (present == layout::FileStamp{}) {
    // What is wrong there is told below, if the index knows that it is damaged.
    if (known == nullptr || !known->damaged) findings.unknown(path + " is closed to this user");
  } else if (!present) {
    if (known != nullptr)
      findings.problem(path + " does not exist, and the index still has it", import_command(context));
  } else if (known != nullptr && known->stamp != *present && is_being_written(file, known_sources)) {
    findings.unknown(path + " is being written");
  } else if (known == nullptr || known->stamp != *present) {
    findings.problem(path + " was written, and the index does not know it as it is", import_command(context));
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
    if (!known.path.empty() && !present.contains({known.network, known.path}))
      findings.problem(printable(known.path) + " is no source now, and the index still has it",
                       import_command(context));
  }
}

/// Those that the index knows as they are, but could not take over.
void report_damaged(const CheckContext& context, const SourceListing& sources, Findings& findings) {
  const IndexReader index(context.settings);
  const SourcesInIndex known_sources(index.view());
  const SourcesInIndex nothing_known{IndexView()};
  for (const SourceFile& file : sources.files) {
    const IndexedSource* known = known_sources.find(file.network, file.path);
    if (known == nullptr || !known->damaged) continue;
    const std::string damage = SourceReader().read(file, nothing_known).damage;
    findings.problem(printable(file.path) + ' ' + (damage.empty() ? "is empty" : printable(damage)) +
                         "; what was read from it before stays until its writer has written it anew",
                     "ls -ld " + shell_word(file.path));
  }
}

}  // namespace

std::vector<Finding> check_sources(const CheckContext& context) {
  Findings findings("sources");
  const SourceListing sources = list_sources(context.settings.sources);
  try {
    for (int attempt = 0; attempt < kSourceAttempts; ++attempt) {
      if (attempt > 0) std::this_thread::sleep_for(kBetweenSourceAttempts);
      findings = Findings("sources");
      compare(context, sources, findings);
      if (!findings.any_problem()) break;
    }
    report_damaged(context, sources, findings);
  } catch (const Error&) {
    findings.unknown("without an index, the files of others are not compared with it");
  }
  for (const std::string& problem : sources.problems) {
    if (::geteuid() == 0) {
      findings.problem(printable(problem), "man nss-leases.conf");
    } else {
      findings.unknown(printable(problem));
    }
  }
  if (findings.empty())
    findings.ok("the index knows the files of others (" + std::to_string(sources.files.size()) +
                ") as they are");
  return std::move(findings).take();
}

}  // namespace leases::cli
