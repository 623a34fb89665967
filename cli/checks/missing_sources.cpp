#include "cli/checks/missing_sources.h"

#include <algorithm>

#include "import/source_list.h"
#include "store/source_place.h"
#include "util/glob.h"
#include "util/path.h"
#include "util/words.h"

namespace leases::cli {

std::vector<std::string> sources_without_files(const CheckContext& context) {
  std::vector<std::string> missing;
  for (const SourceConfig& source : context.settings.sources) {
    if (source.kind == SourceConfig::kLibvirt || is_in(source.path, context.settings.state_directory))
      continue;
    const SourceListing listing = list_sources({source});
    const bool is_there = std::ranges::any_of(
        listing.files, [](const SourceFile& file) { return stamp_at(file.path).has_value(); });
    if (!is_there && listing.problems.empty())
      missing.push_back("the source " + printable(source.path) + " in " + printable(context.configuration) +
                        (is_pattern(source.path) ? " matches no file" : " does not exist"));
  }
  return missing;
}

}  // namespace leases::cli
