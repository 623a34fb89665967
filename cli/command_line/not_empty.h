#pragma once

#include <string>

namespace leases::cli {

/// For Option::validated_by(), where an empty text would be taken as if nothing were given: a script whose
/// variable is not set must not get all leases, or another file than the one it means.
inline std::string not_empty(const std::string& text) {
  return text.empty() ? "an empty text says nothing; give a value, or leave this out" : "";
}

}  // namespace leases::cli
