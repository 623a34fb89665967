#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "common/host_name.h"

namespace leases {

/// A name in lower case, as it is compared (fold_ascii()).
inline std::string folded(std::string_view name) {
  std::string text(name);
  std::transform(text.begin(), text.end(), text.begin(), fold_ascii);
  return text;
}

}  // namespace leases
