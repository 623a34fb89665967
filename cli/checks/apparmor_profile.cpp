#include "cli/checks/apparmor_profile.h"

#include <algorithm>

#include "paths.h"
#include "util/glob.h"
#include "util/regular_file.h"
#include "util/words.h"

namespace leases::cli {

namespace {

/// Alternatives, as in /{,usr/}bin/{a,b}, are tried one after the other.
bool matches(const std::string& glob, const std::string& path) {
  // The first pair to close has no other one in it.
  const std::size_t end = glob.find('}');
  const std::size_t begin = end == std::string::npos ? end : glob.rfind('{', end);
  if (begin == std::string::npos) return matches_text(glob, path);
  if (begin > 0 && glob[begin - 1] == '@') return false;
  for (std::size_t from = begin + 1; from <= end;) {
    const std::size_t to = std::min(glob.find(',', from), end);
    if (matches(glob.substr(0, begin) + glob.substr(from, to - from) + glob.substr(end + 1), path))
      return true;
    from = to + 1;
  }
  return false;
}

}  // namespace

bool confines_dnsmasq(std::string_view profiles) {
  return std::ranges::any_of(lines_of(profiles), [](std::string_view line) {
    const auto words = words_of(line);
    return words.size() == 2 && words[1] == "(enforce)" &&
           (words[0] == "dnsmasq" || words[0].ends_with("/dnsmasq"));
  });
}

std::string permissions_for(std::string_view path, std::string_view rules) {
  std::string letters;
  for (const std::string_view line : lines_of(rules)) {
    const auto words = words_of(line.substr(0, line.find('#')));
    if (words.size() < 2 || words[0] == "deny") continue;
    std::string glob(words[words.size() - 2]);
    if (glob.starts_with("@{run}")) glob.replace(0, 6, "/run");
    if (matches(glob, std::string(path))) letters += words.back();
  }
  return letters;
}

std::string missing_permission(std::string_view rules) {
  const auto lacks = [&](const std::string& path, char letter) {
    return permissions_for(path, rules).find(letter) == std::string::npos;
  };
  if (lacks(paths::kHelper, 'x')) return std::string("run ") + paths::kHelper;
  // A helper that runs under dnsmasq's own profile can write only what that allows.
  if (lacks(paths::kHelper, 'i')) return {};
  if (lacks(paths::kIndex, 'w')) return std::string("write ") + paths::kRuntimeDirectory;
  const std::string state(paths::kStateDirectory);
  for (const std::string& file : {state + "/x.status", state + "/lock"}) {
    if (lacks(file, 'w')) return "write " + state;
  }
  if (lacks(state + "/lock", 'k')) return "lock " + state + "/lock";
  return {};
}

}  // namespace leases::cli
