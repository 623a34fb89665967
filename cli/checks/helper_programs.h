#pragma once

#include <array>
#include <string>

#include "cli/checks/context.h"

namespace leases::cli {

/// The helper, and the importer that it starts.
inline std::array<std::string, 2> helper_programs(const CheckContext& context) {
  const std::string& helper = context.helper;
  return {helper, helper.substr(0, helper.rfind('/')) + "/leases-import"};
}

}  // namespace leases::cli
