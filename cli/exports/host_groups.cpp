#include "cli/exports/host_groups.h"

#include <fnmatch.h>

#include <algorithm>
#include <string_view>

#include "common/host_name.h"
#include "util/hex_text.h"

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

/// "_x2d_" for "-".
std::string spelled(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return "_x" + hex_text({&byte, 1}) + '_';
}

/// The same with what makes it another text spelled out. Different texts give different names.
std::string spelled_identifier(std::string_view prefix, std::string_view text) {
  std::string name(prefix);
  for (const char c : text) name += is_alphanumeric(c) ? std::string(1, c) : spelled(c);
  return name;
}

/// The group of a stem. Hosts come and go, and must not change the names of others' groups, so "web_a" never
/// has that of "web-a".
std::string group_of_stem(std::string_view stem) {
  std::string name(kNamePrefix);
  for (const char c : stem) name += c == '_' ? spelled(c) : identifier({}, {&c, 1});
  return name;
}

std::set<std::string> networks_of(const Inventory& inventory) {
  std::set<std::string> networks;
  for (const NetworkSummary& summary : inventory.networks) networks.insert(summary.network);
  for (const InventoryHost& host : inventory.hosts) networks.insert(host.network);
  return networks;
}

/// The group of each network. Those of "br-a" and "br_a" would have one name, and a playbook would run on the
/// wrong hosts, so none of them gets it: all are spelled out.
std::map<std::string, std::string> groups_of_networks(const std::set<std::string>& networks) {
  std::map<std::string, std::string> groups;
  for (const std::string& network : networks) groups[network] = identifier(kNetworkPrefix, network);
  for (bool is_ambiguous = true; is_ambiguous;) {
    is_ambiguous = false;
    std::map<std::string, std::vector<std::string>> owners;
    for (const auto& [network, group] : groups) owners[group].push_back(network);
    for (const auto& [group, sharing] : owners) {
      if (sharing.size() == 1) continue;
      is_ambiguous = true;
      for (const std::string& network : sharing)
        groups[network] = spelled_identifier(kNetworkPrefix, network);
    }
  }
  return groups;
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
  const std::map<std::string, std::string> networks = groups_of_networks(networks_of(inventory));
  for (const InventoryHost& host : inventory.hosts) {
    const std::string key = host.key();
    groups[networks.at(host.network)].insert(key);
    if (const auto stem = stem_of(host.name); !stem.empty()) groups[group_of_stem(stem)].insert(key);
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
