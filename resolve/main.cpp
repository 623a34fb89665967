#include <sys/socket.h>
#include <systemd/sd-daemon.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "paths.h"
#include "resolve/event_loop.h"
#include "resolve/hook_server.h"
#include "util/error.h"
#include "util/file.h"
#include "util/run_main.h"

namespace leases::resolve {

namespace {

constexpr int kBadCall = 2;

constexpr char kUsage[] =
    "leases-resolve answers systemd-resolved from DHCP leases. systemd starts it, with a socket in\n"
    "/run/systemd/resolve.hook: systemctl start leases-resolve.socket\n"
    "\n"
    "usage: leases-resolve [--help | --version]\n"
    "\n"
    "See leases-resolve(8).\n";

/// The one socket that systemd passes. Throws Error.
FileDescriptor passed_socket() {
  constexpr int kListens = 1;
  const int count = sd_listen_fds(1);
  if (count < 0) throw errno_error("the sockets of systemd", "cannot be used", -count);
  if (count != 1 || sd_is_socket(SD_LISTEN_FDS_START, AF_UNIX, SOCK_STREAM, kListens) <= 0)
    throw Error(
        "systemd passed no single listening socket; start it with: systemctl start leases-resolve.socket");
  return FileDescriptor(SD_LISTEN_FDS_START);
}

int run(int count, char** arguments) {
  const std::string_view option = count == 2 ? arguments[1] : "";
  if (option == "--version") return std::printf("leases-resolve %s\n", paths::kVersion) < 0;
  if (option == "--help") return std::fputs(kUsage, stdout) < 0;
  if (count > 1) {
    std::fputs(kUsage, stderr);
    return kBadCall;
  }
  EventLoop loop;
  const HookServer server(loop, passed_socket());
  sd_notify(0, "READY=1");
  return loop.run();
}

}  // namespace

}  // namespace leases::resolve

int main(int argc, char** argv) {
  return leases::run_main("leases-resolve", EXIT_FAILURE,
                          [&](mode_t) { return leases::resolve::run(argc, argv); });
}
