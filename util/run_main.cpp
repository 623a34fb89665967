#include "util/run_main.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <exception>

#include "util/log.h"

namespace leases {

namespace {

/// A standard stream that the caller closed would become the first file that this process opens, and a
/// message would be written into that. In its place is a file that refuses what is asked of the stream.
void occupy_closed_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) < 0)
      (void)::open("/dev/null", (stream == STDIN_FILENO ? O_WRONLY : O_RDONLY) | O_NOCTTY);
  }
}

}  // namespace

int run_main(std::string_view log_name, int failure, const std::function<int(mode_t umask)>& body) {
  constexpr mode_t kUmask = 022;
  occupy_closed_streams();
  set_log_name(log_name);
  const mode_t umask = ::umask(kUmask);
  ::signal(SIGXFSZ, SIG_IGN);
  try {
    return body(umask);
  } catch (const std::exception& error) {
    log_line(error.what());
    return failure;
  }
}

}  // namespace leases
