#pragma once

#include <string>
#include <vector>

#include "cli/checks/context.h"

namespace leases::cli {

/// A source of the configuration that no file is behind. Its files may come later.
struct MissingSource {
  std::string text;  ///< "the source PATH in FILE matches no file"
  bool is_pattern;   ///< which may well match nothing for a while
  bool has_leases;   ///< its files would have leases, not only names of guests
};

/// libvirt's directory is named without the configuration, and so is that of other hosts' leases.
std::vector<MissingSource> sources_without_files(const CheckContext& context);

}  // namespace leases::cli
