#include <fcntl.h>
#include <fnmatch.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <ctime>
#include <optional>

#include "cli/checks/checks.h"
#include "paths.h"
#include "util/file.h"
#include "util/regular_file.h"
#include "util/words.h"

namespace leases::cli {

namespace {

constexpr const char* kProfile = "usr.sbin.dnsmasq";

std::string letting_dnsmasq_run_it(const CheckContext& context) {
  return std::string("echo '") + paths::kHelper + " Ux,' >> " + context.apparmor_directory + "/local/" +
         kProfile + " && apparmor_parser -r " + context.apparmor_directory + '/' + kProfile;
}

std::string letting_programs_read_it(const CheckContext& context) {
  const std::string directory = context.apparmor_directory + "/abstractions/nameservice.d";
  return "mkdir -p " + directory + " && echo '" + paths::kIndex + " r,' > " + directory +
         "/nss-leases && systemctl reload apparmor";
}

bool is_confined(std::string_view profiles) {
  const auto lines = lines_of(profiles);
  return std::any_of(lines.begin(), lines.end(), [](std::string_view line) {
    const auto words = words_of(line);
    return words.size() == 2 && words[1] == "(enforce)" &&
           (words[0] == "dnsmasq" || words[0].ends_with("/dnsmasq"));
  });
}

/// Whether a rule for a glob is one for a path, as far as fnmatch(3) understands it: * goes beyond a slash.
/// Alternatives, as in /{,usr/}bin/{a,b}, are tried one after the other. Variables are not known.
bool matches(const std::string& glob, const char* path) {
  // The first to end has no others in it.
  const std::size_t end = glob.find('}');
  const std::size_t begin = end == std::string::npos ? end : glob.rfind('{', end);
  if (begin == std::string::npos) return ::fnmatch(glob.c_str(), path, 0) == 0;
  if (begin > 0 && glob[begin - 1] == '@') return false;
  for (std::size_t from = begin + 1; from <= end;) {
    const std::size_t to = std::min(glob.find(',', from), end);
    if (matches(glob.substr(0, begin) + glob.substr(from, to - from) + glob.substr(end + 1), path))
      return true;
    from = to + 1;
  }
  return false;
}

/// The permissions that the rules for a path give, in AppArmor's letters. An approximation: of the variables,
/// @{run} alone is known.
std::string permissions(std::string_view rules, const char* path) {
  std::string letters;
  for (const std::string_view line : lines_of(rules)) {
    const auto words = words_of(line.substr(0, line.find('#')));
    if (words.size() < 2 || words[0] == "deny") continue;
    std::string glob(words[words.size() - 2]);
    if (glob.starts_with("@{run}")) glob.replace(0, 6, "/run");
    if (matches(glob, path)) letters += words.back();
  }
  return letters;
}

/// What dnsmasq's profile does not let it do; empty if nothing.
std::string what_rules_lack(std::string_view rules) {
  const auto lacks = [&](const std::string& path, char letter) {
    return permissions(rules, path.c_str()).find(letter) == std::string::npos;
  };
  if (lacks(paths::kHelper, 'x')) return std::string("run ") + paths::kHelper;
  // Run under dnsmasq's own profile, the helper needs in it what it writes.
  if (lacks(paths::kHelper, 'i')) return {};
  if (lacks(paths::kIndex, 'w')) return std::string("write ") + paths::kRuntimeDirectory;
  const std::string state(paths::kStateDirectory);
  for (const std::string& file : {state + "/x.status", state + "/lock"}) {
    if (lacks(file, 'w')) return "write " + state;
  }
  if (lacks(state + "/lock", 'k')) return "lock " + state + "/lock";
  return {};
}

void check_profile(const CheckContext& context, Findings& findings) {
  const RegularFile profiles = read_regular_file(context.apparmor_profiles);
  if (!profiles.read()) {
    findings.unknown(context.apparmor_profiles + ' ' + profiles.problem());
    return;
  }
  if (!is_confined(profiles.text)) {
    findings.ok("no profile confines dnsmasq");
    return;
  }
  const std::string place = context.apparmor_directory + '/';
  const std::string rules =
      read_regular_file(place + kProfile).text + '\n' + read_regular_file(place + "local/" + kProfile).text;
  if (const std::string lack = what_rules_lack(rules); !lack.empty()) {
    findings.problem("the profile of dnsmasq, " + place + kProfile + ", does not let it " + lack,
                     letting_dnsmasq_run_it(context));
  } else {
    findings.ok("the profile of dnsmasq lets it run the helper");
  }
}

/// Everything that the kernel log holds; nothing if this user may not read it.
std::optional<std::string> kernel_log(const CheckContext& context) {
  const FileDescriptor log(::open(context.kernel_log.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (log.number() < 0) return {};
  constexpr std::size_t kLargest = 0x1000000;
  std::string text;
  std::array<char, 0x2000> record{};
  while (text.size() < kLargest) {
    const ssize_t count = ::read(log.number(), record.data(), record.size());
    // EPIPE: what came next was overwritten meanwhile.
    if (count < 0 && (errno == EPIPE || errno == EINTR)) continue;
    if (count <= 0) break;
    text.append(record.data(), static_cast<std::size_t>(count));
  }
  return text;
}

/// Seconds since a record of /dev/kmsg, "6,339,5140900,-;text", was written; a large number if it has no
/// time.
long age_of(std::string_view record) {
  constexpr long kVeryOld = 1'000'000'000;
  const std::size_t first = record.find(',');
  const std::size_t second = first == std::string_view::npos ? first : record.find(',', first + 1);
  if (second == std::string_view::npos) return kVeryOld;
  long microseconds = 0;
  const auto [end, error] =
      std::from_chars(record.data() + second + 1, record.data() + record.size(), microseconds);
  if (error != std::errc()) return kVeryOld;
  timespec present{};
  ::clock_gettime(CLOCK_MONOTONIC, &present);
  return present.tv_sec - microseconds / 1'000'000;
}

/// The latest denial that has to do with us. An old one may have been mended since.
void check_denials(const CheckContext& context, Findings& findings) {
  constexpr long kRecent = 3600;
  const auto log = kernel_log(context);
  if (!log) {
    if (::geteuid() == 0) findings.unknown(context.kernel_log + " cannot be read, so denials are not known");
    return;
  }
  std::string_view latest;
  for (const std::string_view line : lines_of(*log)) {
    if (line.find("apparmor=\"DENIED\"") != std::string_view::npos &&
        line.find("nss-leases") != std::string_view::npos)
      latest = line;
  }
  const long age = latest.empty() ? 0 : age_of(latest);
  if (latest.empty() || age > kRecent) return;
  const bool of_dnsmasq = latest.find("dnsmasq") != std::string_view::npos;
  findings.problem(
      std::to_string(age / 60) + " min ago: " + printable(latest.substr(latest.find("apparmor=\"DENIED\""))),
      of_dnsmasq ? letting_dnsmasq_run_it(context) : letting_programs_read_it(context));
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
