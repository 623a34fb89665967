#pragma once

#include <string>

#include "util/error.h"

namespace leases::cli {

/// Throws Error unless root runs this program. `command` is the verb, as on the command line.
void require_root(const std::string& command);

/// What to throw for an error of a verb: if a right is missing that root would have, how to run it as root.
Error denied_without_root(const std::string& command, const Error& error);

/// Does the work of a verb that root may do, or the owner of the directories that it works on. If something
/// is denied to another user, the error says how to run the verb as root.
template <typename Work>
auto as_root_or_owner(const std::string& command, const Work& work) {
  try {
    return work();
  } catch (const Error& error) {
    throw denied_without_root(command, error);
  }
}

}  // namespace leases::cli
