#include "util/run_main.h"

#include <sys/stat.h>

#include <csignal>
#include <exception>

#include "util/log.h"

namespace leases {

int run_main(std::string_view log_name, int failure, const std::function<int(mode_t umask)>& body) {
  constexpr mode_t kUmask = 022;
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
