#include "cli/checks/missing_sources.h"

#include <algorithm>
#include <variant>

#include "common/source_kind.h"
#include "import/source_list.h"
#include "store/source_place.h"
#include "util/glob.h"
#include "util/path.h"
#include "util/words.h"

namespace leases::cli {

std::vector<MissingSource> sources_without_files(const CheckContext& context) {
  std::vector<MissingSource> missing;
  for (const SourceConfig& source : context.settings.sources) {
    const auto* kind = std::get_if<SourceKind>(&source.kind);
    if (kind == nullptr || is_in(source.path, context.settings.state_directory)) continue;
    const SourceListing listing = list_sources({source});
    const bool is_there = std::ranges::any_of(
        listing.files, [](const SourceFile& file) { return stamp_at(file.path).has_value(); });
    if (is_there || !listing.problems.empty()) continue;
    const bool is_any = is_pattern(source.path);
    missing.push_back({"the source " + printable(source.path) + " in " + printable(context.configuration) +
                           (is_any ? " matches no file" : " does not exist"),
                       is_any, !properties_of(*kind).has_guests});
  }
  return missing;
}

}  // namespace leases::cli
