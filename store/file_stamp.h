#pragma once

#include <sys/stat.h>

#include "common/index_layout.h"

namespace leases {

/// The stamp by which the index recognises a file that it was made from. Every way to change a file gives it
/// another one.
layout::FileStamp stamp_of(const struct stat& status);

}  // namespace leases
