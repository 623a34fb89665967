#pragma once

#include "util/directory.h"

namespace leases {

enum class Capabilities {
  none,
  read_any_file,    ///< root's right to read whatever there is, if it stays root
  pass_on_reading,  ///< the same, not for this process but for the programs that it runs
};

/// Gives up, for good, every right that is not needed to write files in `directory`: root becomes the
/// directory's owner if that is another user, and the process loses all capabilities that are not kept and
/// cannot gain any. Links that the owner plants there could lead root astray, and root would leave files that
/// the owner cannot replace. Throws Error if the process cannot become the owner.
void drop_privileges(const Directory& directory, Capabilities kept = Capabilities::none);

}  // namespace leases
