#include "cli/exports/host_groups.h"

#include <fnmatch.h>

#include <algorithm>
#include <string_view>

#include "common/host_name.h"

namespace leases::cli {

namespace {

constexpr std::string_view kNetworkPrefix = "network_";
constexpr std::string_view kNamePrefix = "name_";

std::string_view group_of(std::string_view rule) {
  return rule.substr(0, rule.find('='));
}

std::string identifier(std::string_view prefix, std::string_view text) {
  std::string name(prefix);
  for (const char c : text) name += is_alphanumeric(c) ? c : '_';
  return name;
}

/// The part of a name before the number at its end; empty if there is no number, or nothing before it.
std::string_view stem_of(std::string_view name) {
  const std::size_t last = name.find_last_not_of("0123456789");
  if (last == std::string_view::npos || last + 1 == name.size()) return {};
  const std::size_t end = name.find_last_not_of("-_", last);
  return name.substr(0, end == std::string_view::npos ? 0 : end + 1);
}

std::string check_rule(const std::string& rule) {
  const std::string_view name = group_of(rule);
  const bool sound = identifier("", name) == name && !name.empty() && (name[0] < '0' || name[0] > '9');
  if (sound && name.size() + 1 < rule.size()) return {};
  return "'" + rule + "': expected NAME=PATTERN like ci='ci-*', the name of letters, digits and underscores";
}

}  // namespace

void add_group_option(Command command, std::vector<std::string>& rules) {
  command
      .add_option("--group", rules,
                  "A group of the hosts that match a pattern, like ci='ci-*'; can be repeated")
      .validated_by(check_rule)
      .value("NAME=PATTERN");
}

HostGroups groups_of(const Inventory& inventory, const std::vector<std::string>& rules) {
  HostGroups groups;
  for (const InventoryHost& host : inventory.hosts) {
    const std::string key = host.key();
    groups[identifier(kNetworkPrefix, host.network)].insert(key);
    if (const auto stem = stem_of(host.name); !stem.empty())
      groups[identifier(kNamePrefix, stem)].insert(key);
    for (const std::string& rule : rules) {
      const std::string group(group_of(rule));
      if (::fnmatch(rule.c_str() + group.size() + 1, host.name.c_str(), FNM_CASEFOLD) == 0)
        groups[group].insert(key);
    }
  }
  return groups;
}

bool may_be_group(std::string_view name, const std::vector<std::string>& rules) {
  if (identifier("", name) != name) return false;
  return name.starts_with(kNetworkPrefix) || name.starts_with(kNamePrefix) ||
         std::ranges::any_of(rules, [&](const std::string& rule) { return group_of(rule) == name; });
}

}  // namespace leases::cli
