#pragma once

#include <string>

#include "util/directory.h"

namespace leases {

/// Gives a file a second name, NAME.damaged-TIME or with another word in place of `damaged`, so that somebody
/// can look at it after another one took its place. It keeps its first name until then: being killed in
/// between must not look as if somebody had removed it. Returns the second name. Throws Error.
std::string set_damaged_aside(const Directory& directory, const std::string& name,
                              const char* word = "damaged");

}  // namespace leases
