#pragma once

#include <sys/types.h>

#include <functional>
#include <string_view>

namespace leases {

/// The frame of every main(): new files are readable by everybody, a limit on the size of files
/// (RLIMIT_FSIZE) is an error like a full disk, no file takes the place of a standard stream that is closed,
/// and an exception is logged and ends the program. `body` gets the umask that the program was started with,
/// and returns the exit status; `failure` is the status after an exception.
int run_main(std::string_view log_name, int failure, const std::function<int(mode_t umask)>& body);

}  // namespace leases
