#include "import/source_file.h"

#include <sys/stat.h>

#include "store/source_place.h"
#include "util/error.h"

namespace leases {

bool FoundFile::is_too_large() const {
  return file.state == RegularFile::State::unusable && file.error == 0 && S_ISREG(file.status.st_mode);
}

FoundFile find_file(const std::string& path) try {
  const SourcePlace place = place_of(path);
  if (!place.refused_link.empty()) return {{}, place.refused_link};
  if (!place.directory) return {};
  return {read_regular_file(*place.directory, place.name, kMaxSourceSize), {}};
} catch (const Error& error) {
  if (!is_permanent(error.error())) throw;
  return {{RegularFile::State::unusable}, {}};
}

}  // namespace leases
