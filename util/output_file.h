#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

namespace leases {

/// Puts a file that holds `text` in place of the one at `path`, whose owner and mode it keeps, if there is
/// one: readers see the old or the new file, whole. Symbolic links are followed, also to where nothing is
/// yet. Throws Error, also if anything but a regular file is there.
void replace_file(const std::string& path, std::string_view text, mode_t mode_of_new_file);

}  // namespace leases
