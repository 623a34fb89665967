#pragma once

#include "util/directory.h"

namespace leases {

enum class Capabilities {
  none,
  read_any_file,  ///< root's right to read whatever there is, if it stays root
};

/// Gives up, for good, what is not needed to write files in `directory`: this process becomes the directory's
/// owner if it is root and that is somebody else, loses all capabilities but what is kept and cannot gain
/// any. Root acting in another user's directory could be led astray by links that this user plants there, and
/// would leave files behind that the user cannot replace. Throws Error if it cannot become the owner.
void drop_privileges(const Directory& directory, Capabilities kept = Capabilities::none);

}  // namespace leases
