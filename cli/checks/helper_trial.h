#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/checks/context.h"
#include "cli/checks/script_user.h"

namespace leases::cli {

/// Something that the helper cannot do.
struct Obstacle {
  enum class Action : std::uint8_t {
    run,    ///< a program
    open,   ///< a file that it has to read, or the lock
    write,  ///< a file in a directory
  };

  Action action;
  int error;         ///< why (errno(3)); EISDIR for anything that is not a file
  std::string path;  ///< of the program, file or directory

  friend bool operator==(const Obstacle&, const Obstacle&) = default;
};

/// Tries what the helper does at an event, in a process of its own that becomes the user, and then gives up
/// the rights that the helper gives up: root may do more than it. Nothing is changed; what is written has no
/// name. What does not exist is no obstacle. Only for root. Throws Error.
std::vector<Obstacle> try_as_helper(const CheckContext& context, const ScriptUser& user);

}  // namespace leases::cli
