#pragma once

#include <string>
#include <vector>

#include "cli/checks/context.h"

namespace leases::cli {

/// Each source of the configuration that no file is behind: "the source PATH in FILE matches no file". Its
/// files may come later. libvirt's directory is named without the configuration, and so is that of other
/// hosts' leases.
std::vector<std::string> sources_without_files(const CheckContext& context);

}  // namespace leases::cli
