#pragma once

#include <string>
#include <string_view>

#include "util/file.h"

namespace leases {

/// Lines of a file that has host names in it, which differ in no ASCII letter's case: all in lower case.
struct HostsText {
  std::string lines;  ///< each with its newline
  int error = 0;      ///< the system's number for why they could not be read, or 0; EISDIR for a directory
};

/// Reads a file of up to 128 MiB; anything but a file is an error. A file that is being written in place may
/// be read in part. With a label, in lower case, only lines in which it is a whole word or the first label of
/// one are kept, so a large file costs little more than reading it.
HostsText read_hosts_text(const FileDescriptor& file, std::string_view label = {});

}  // namespace leases
