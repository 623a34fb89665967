#pragma once

#include <filesystem>
#include <functional>

namespace leases {

/// Where an absolute path leads, with no symbolic link in it, be there something or not: also what a link to
/// nothing would lead to. `look` is called with every path on the way that may be a link, from the root down,
/// before it is looked at: what is there may change afterwards.
std::filesystem::path resolved_path(const std::filesystem::path& path,
                                    const std::function<void(const std::filesystem::path&)>& look);

}  // namespace leases
