#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

namespace leases {

/// Makes a file that holds `text` in place of the one at `path`, whose mode it keeps, if there is one: who
/// reads it sees the old or the new one, whole. Symbolic links are followed, also to where nothing is yet.
/// Throws Error, also if something else than a plain file is there.
void replace_file(const std::string& path, std::string_view text, mode_t mode_of_new_file);

}  // namespace leases
