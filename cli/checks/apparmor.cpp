#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <optional>

#include "cli/checks/apparmor_profile.h"
#include "cli/checks/checks.h"
#include "cli/checks/kernel_log.h"
#include "paths.h"
#include "util/file.h"
#include "util/regular_file.h"
#include "util/words.h"

namespace leases::cli {

namespace {

constexpr const char* kProfile = "usr.sbin.dnsmasq";

std::string allow_dnsmasq_command(const CheckContext& context) {
  return std::string("echo '") + paths::kHelper + " Ux,' >> " + context.apparmor_directory + "/local/" +
         kProfile + " && apparmor_parser -r " + context.apparmor_directory + '/' + kProfile;
}

/// Where the command for a denial puts its rules.
std::string rules_for(const CheckContext& context, bool of_dnsmasq) {
  return context.apparmor_directory +
         (of_dnsmasq ? std::string("/local/") + kProfile : "/abstractions/nameservice.d/nss-leases");
}

std::string allow_programs_command(const CheckContext& context) {
  std::string reload = "systemctl reload apparmor";
  const std::string rules = rules_for(context, false);
  // The package's own file is not to be written.
  if (permissions_for(paths::kIndex, read_regular_file(rules).text).find('r') != std::string::npos)
    return reload;
  return "mkdir -p " + rules.substr(0, rules.rfind('/')) + " && echo '" + paths::kIndex + " r,' > " + rules +
         " && " + reload;
}

void check_profile(const CheckContext& context, Findings& findings) {
  const RegularFile profiles = read_regular_file(context.apparmor_profiles);
  if (!profiles.read()) {
    findings.unknown(context.apparmor_profiles + ' ' + profiles.problem());
    return;
  }
  if (!confines_dnsmasq(profiles.text)) {
    findings.ok("no profile confines dnsmasq");
    return;
  }
  const std::string directory = context.apparmor_directory + '/';
  const std::string rules = read_regular_file(directory + kProfile).text + '\n' +
                            read_regular_file(directory + "local/" + kProfile).text;
  if (const std::string missing = missing_permission(rules); !missing.empty()) {
    findings.problem("the profile of dnsmasq, " + directory + kProfile + ", does not let it " + missing,
                     allow_dnsmasq_command(context));
  } else {
    findings.ok("the profile of dnsmasq lets it run the helper");
  }
}

/// Everything in the kernel's log; nothing if this user may not read it.
std::optional<std::string> read_kernel_log(const CheckContext& context) {
  const FileDescriptor log(::open(context.kernel_log.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (log.number() < 0) return {};
  constexpr std::size_t kLargest = 0x1000000;
  std::string text;
  std::array<char, 0x2000> record{};
  while (text.size() < kLargest) {
    const ssize_t count = ::read(log.number(), record.data(), record.size());
    // EPIPE: the next record was overwritten before it was read.
    if (count < 0 && (errno == EPIPE || errno == EINTR)) continue;
    if (count <= 0) break;
    text.append(record.data(), static_cast<std::size_t>(count));
  }
  return text;
}

/// Whether a file has been there, as it is, for fewer seconds than this. A package's file says in its mtime
/// when it was built.
bool is_younger_than(const std::string& file, std::time_t age) {
  struct stat status {};
  return ::stat(file.c_str(), &status) == 0 && ::time(nullptr) - status.st_ctime < age;
}

/// An old denial may have been fixed since.
void check_denials(const CheckContext& context, Findings& findings) {
  constexpr long kRecent = 3600;
  const auto log = read_kernel_log(context);
  if (!log) {
    if (::geteuid() == 0) findings.unknown(context.kernel_log + " cannot be read, so denials are not known");
    return;
  }
  const auto denial = latest_denial(*log);
  if (!denial || !denial->seconds) return;
  timespec present{};
  ::clock_gettime(CLOCK_MONOTONIC, &present);
  const std::time_t age = present.tv_sec - *denial->seconds;
  const bool of_dnsmasq = denial->text.find("dnsmasq") != std::string_view::npos;
  if (age > kRecent || is_younger_than(rules_for(context, of_dnsmasq), age)) return;
  findings.problem(std::to_string(age / 60) + " min ago: " + printable(denial->text),
                   of_dnsmasq ? allow_dnsmasq_command(context) : allow_programs_command(context));
}

}  // namespace

std::vector<Finding> check_apparmor(const CheckContext& context) {
  Findings findings("apparmor");
  if (!read_regular_file(context.apparmor_enabled).text.starts_with('Y')) {
    findings.ok("not in use");
    return std::move(findings).take();
  }
  check_profile(context, findings);
  check_denials(context, findings);
  return std::move(findings).take();
}

}  // namespace leases::cli
