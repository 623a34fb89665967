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

/// Reads a file of up to 128 MiB; what is not a file cannot be read. One that is written in place may be read
/// in part. With a label, in lower case, only the lines in which it is a word of its own or the beginning of
/// a longer name are kept: a large file costs little more than its reading.
HostsText read_hosts_text(const FileDescriptor& file, std::string_view label = {});

}  // namespace leases
