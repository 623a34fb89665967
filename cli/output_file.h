#pragma once

#include <string>
#include <string_view>

namespace leases::cli {

/// Makes a file that holds `text`, mode 0644, in place of the one at `path` if there is one: who reads it
/// sees the old or the new one, whole. A symbolic link to a file is followed. Throws StoreError, also if
/// something else than a plain file is there.
void replace_file(const std::string& path, std::string_view text);

}  // namespace leases::cli
