#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "helper/event_hook.h"
#include "helper/init_hook.h"
#include "helper/lease_event.h"
#include "paths.h"
#include "store/settings.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/run_main.h"

namespace leases {

namespace {

constexpr int kFailed = 1;
constexpr int kBadCall = 2;

constexpr char kUsage[] =
    "leaseshelper keeps the names of dnsmasq's DHCP leases. dnsmasq runs it; in dnsmasq.conf:\n"
    "\n"
    "    dhcp-script=%s\n"
    "    script-on-renewal\n"
    "\n"
    "usage: leaseshelper add|old|del MAC|DUID ADDRESS [HOSTNAME]   with dnsmasq's environment\n"
    "       leaseshelper init        print the leases (for leasefile-ro)\n"
    "       leaseshelper --help | --version\n"
    "\n"
    "Called as libvirt_leaseshelper, or with VIR_BRIDGE_NAME set, it does what libvirt's own helper does.\n"
    "Other actions are ignored. NSS_LEASES_NETWORK names the network, in place of the interface;\n"
    "NSS_LEASES_CONFIG is another configuration file. See leaseshelper(8) and, to look at leases, "
    "leasectl(1).\n";

std::optional<std::string_view> from_environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) return {};
  return value;
}

/// The exit code after printing to standard output. The text is buffered, so an error may show only here.
int printed(int count) {
  if (count >= 0 && std::fflush(stdout) == 0) return EXIT_SUCCESS;
  log_line("standard output: cannot be written");
  return kFailed;
}

int run(std::string_view program, const std::vector<std::string_view>& arguments) {
  if (!arguments.empty() && arguments[0] == "--version")
    return printed(std::printf("leaseshelper %s\n", paths::kVersion));
  if (!arguments.empty() && arguments[0] == "--help") return printed(std::printf(kUsage, paths::kHelper));
  if (arguments.empty()) {
    std::fprintf(stderr, kUsage, paths::kHelper);
    return kBadCall;
  }
  const bool for_libvirt = program.ends_with("libvirt_leaseshelper");
  const HookCall call = parse_hook_call(arguments, from_environment, now(), for_libvirt);
  if (const auto* bad = std::get_if<InvalidCall>(&call)) {
    log_line(bad->problem + "; see leaseshelper --help");
    return kBadCall;
  }
  if (std::holds_alternative<IgnoredAction>(call)) return EXIT_SUCCESS;
  HookContext context(settings_path(""));
  bool done = false;
  if (const auto* event = std::get_if<LeaseEvent>(&call)) {
    done = EventHook(std::move(context), *event).run();
  } else {
    done = InitHook(std::move(context), std::get<InitRequest>(call)).run();
  }
  return done ? EXIT_SUCCESS : kFailed;
}

}  // namespace

}  // namespace leases

int main(int argc, char** argv) {
  return leases::run_main("leaseshelper", leases::kFailed, [&](mode_t) {
    // execve(2) allows a call without even the program's name.
    return leases::run(argc > 0 ? argv[0] : "", {argv + (argc > 0 ? 1 : 0), argv + argc});
  });
}
