#pragma once

#include <array>
#include <string>

#include "cli/checks/context.h"

namespace leases::cli {

inline std::string helper_directory(const CheckContext& context) {
  return context.helper.substr(0, context.helper.rfind('/'));
}

/// The helper, and the importer that it starts.
inline std::array<std::string, 2> helper_programs(const CheckContext& context) {
  return {context.helper, helper_directory(context) + "/leases-import"};
}

}  // namespace leases::cli
