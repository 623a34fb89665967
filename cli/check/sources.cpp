#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <thread>

#include "cli/check/remedy.h"
#include "cli/check/text.h"
#include "cli/check/topics.h"
#include "cli/index_reader.h"
#include "helper/lease_source.h"
#include "helper/source_reader.h"

namespace leases::cli {

namespace {

/// How often the two are compared, and the time between: an import may be under way.
constexpr int kAttempts = 5;
constexpr std::chrono::milliseconds kBetween{100};

std::string import_command(const World& world) {
  return leasectl(world, "import");
}

void compare_with(const std::optional<Source>& known, const SourceFile& file, const World& world,
                  Findings& findings) {
  struct stat status {};
  const int error = ::lstat(file.path.c_str(), &status) == 0 ? 0 : errno;
  const std::string path = printable(file.path);
  if (error != 0 && error != ENOENT && error != ENOTDIR) {
    findings.unknown(path + " is closed to this user");
  } else if (error != 0) {
    if (known) findings.problem(path + " does not exist, and the index still has it", import_command(world));
  } else if (!known || known->stamp != stamp_of(status)) {
    findings.problem(path + " was written, and the index does not know it as it is", import_command(world));
  }
}

void compare(const World& world, const SourceFiles& sources, Findings& findings) {
  const IndexReader index(world.settings);
  for (const SourceFile& file : sources.files)
    compare_with(known_source(index.view(), file.network, file.path), file, world, findings);
  for (const Source& known : known_sources(index.view())) {
    const bool is_source =
        known.path.empty() || std::ranges::any_of(sources.files, [&](const SourceFile& file) {
          return known.is(file.network, file.path);
        });
    if (!is_source)
      findings.problem(printable(known.path) + " is no source now, and the index still has it",
                       import_command(world));
  }
}

/// Those that the index knows as they are, but could not take over.
void tell_damaged(const World& world, const SourceFiles& sources, Findings& findings) {
  const IndexReader index(world.settings);
  for (const SourceFile& file : sources.files) {
    const auto known = known_source(index.view(), file.network, file.path);
    if (!known || !known->damaged) continue;
    Patience patience;
    const std::string damage = read_source(file, {}, patience).damage;
    findings.problem(printable(file.path) + ' ' + (damage.empty() ? "is empty" : printable(damage)) +
                         "; what was read from it before stays until its writer has written it anew",
                     "ls -ld " + shell_word(file.path));
  }
}

}  // namespace

std::vector<Finding> check_sources(const World& world) {
  Findings findings("sources");
  const SourceFiles sources = files_of(world.settings.sources);
  try {
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      if (attempt > 0) std::this_thread::sleep_for(kBetween);
      findings = Findings("sources");
      compare(world, sources, findings);
      if (!findings.any_problem()) break;
    }
    tell_damaged(world, sources, findings);
  } catch (const StoreError&) {
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
