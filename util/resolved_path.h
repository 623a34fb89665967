#pragma once

#include <filesystem>
#include <functional>

namespace leases {

/// The most links on the way to a file: as many as the system follows (path_resolution(7)).
inline constexpr int kMaxLinks = 40;

/// Where an absolute path leads, without symbolic links, whether something is there or not: also where a link
/// to nothing leads. `look` is called with every path on the way that may be a link, from the root down,
/// before that is looked at: callers that watch it then miss no change.
std::filesystem::path resolved_path(const std::filesystem::path& path,
                                    const std::function<void(const std::filesystem::path&)>& look);

}  // namespace leases
