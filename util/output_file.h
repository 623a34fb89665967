#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

#include "common/time.h"

namespace leases {

/// Puts a file that holds `text` in place of the one at `path`, whose owner and mode it keeps, if there is
/// one: readers see the old or the new file, whole. Symbolic links of root and of this process's user are
/// followed, also to where nothing is yet; another user's is replaced by the file. In a sticky directory a
/// file keeps nothing of another user's that was in its place. Throws Error, also if anything but a regular
/// file is there, or if another user's link is on the way. `time` is when it was written last, as others see
/// it; without it, that is now.
void replace_file(const std::string& path, std::string_view text, mode_t mode_of_new_file,
                  std::optional<EpochSeconds> time = {});

}  // namespace leases
