#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "paths.h"
#include "share/share_service.h"
#include "store/settings.h"
#include "util/error.h"
#include "util/log.h"
#include "util/run_main.h"

namespace leases::share {

namespace {

constexpr int kBadCall = 2;
/// EX_CONFIG of sysexits.h: systemd does not start it again before somebody has changed something.
constexpr int kBadConfiguration = 78;

constexpr char kUsage[] =
    "leases-share shares DHCP leases with other hosts through etcd. systemd starts it:\n"
    "systemctl enable --now leases-share.service\n"
    "\n"
    "usage: leases-share [--config FILE | --help | --version]\n"
    "\n"
    "See leases-share(8).\n";

/// Half of a policy would let through what the other half forbids.
void require_sound(const Settings& settings) {
  if (!settings.problems.empty()) throw Error(settings.problems.front());
  require_directories(settings);
  if (!settings.share.is_on())
    throw Error(settings.path + ": has no 'endpoints' in a [share] section; name etcd's members there");
  shared_host_name(settings);
}

int run(int count, char** arguments) {
  const std::string_view option = count > 1 ? arguments[1] : "";
  if (count == 2 && option == "--version") return std::printf("leases-share %s\n", paths::kVersion) < 0;
  if (count == 2 && option == "--help") return std::fputs(kUsage, stdout) < 0;
  const bool has_file = count == 3 && option == "--config";
  if (count > 1 && !has_file) {
    std::fputs(kUsage, stderr);
    return kBadCall;
  }
  const Settings settings = read_settings(settings_path(has_file ? arguments[2] : ""));
  try {
    require_sound(settings);
  } catch (const Error& error) {
    log_line(error.what());
    return kBadConfiguration;
  }
  ShareService(settings).run();
  return EXIT_SUCCESS;
}

}  // namespace

}  // namespace leases::share

int main(int argc, char** argv) {
  return leases::run_main("leases-share", EXIT_FAILURE,
                          [&](mode_t) { return leases::share::run(argc, argv); });
}
