#include "cli/exports/host_groups.h"

#include <algorithm>
#include <string_view>

#include "common/host_name.h"
#include "util/glob.h"
#include "util/hex_text.h"

namespace leases::cli {

namespace {

constexpr std::string_view kNetworkPrefix = "network_";
constexpr std::string_view kNamePrefix = "name_";

std::string_view group_of(std::string_view rule) {
  return rule.substr(0, rule.find('='));
}

bool is_identifier(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return is_alphanumeric(c) || c == '_'; });
}

/// "_x2d_" for "-".
std::string spelled(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return "_x" + hex_text({&byte, 1}) + '_';
}

/// Whether an underscore in front of this text would look like the first of a character spelled out. What
/// ends it is an underscore by then.
bool looks_spelled(std::string_view text) {
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  constexpr std::size_t kEnd = 3;
  return text.size() > kEnd && text[0] == 'x' && is_hex(text[1]) && is_hex(text[2]) &&
         !is_alphanumeric(text[kEnd]);
}

/// The text with `is_spelled` characters spelled out, and underscores for all others that a group's name
/// cannot have. What is spelled out can be told from what is not: "-x2d-" does not become "_x2d_".
template <typename Predicate>
std::string identifier(std::string_view text, Predicate is_spelled) {
  std::string name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_alphanumeric(c)) {
      name += c;
    } else if (is_spelled(c) || looks_spelled(text.substr(i + 1))) {
      name += spelled(c);
    } else {
      name += '_';
    }
  }
  return name;
}

/// The group of a stem. Hosts come and go, and must not change the names of others' groups, so "web_a" never
/// has that of "web-a".
std::string group_of_stem(std::string_view stem) {
  return std::string(kNamePrefix) + identifier(stem, [](char c) { return c == '_'; });
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
  const auto short_name = [](std::string_view network) {
    return identifier(network, [](char) { return false; });
  };
  std::map<std::string, int> owners;
  for (const std::string& network : networks) ++owners[short_name(network)];
  std::map<std::string, std::string> groups;
  for (const std::string& network : networks) {
    std::string name = short_name(network);
    if (owners[name] > 1) name = identifier(network, [](char) { return true; });
    groups[network] = std::string(kNetworkPrefix) + name;
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
  const bool sound = is_identifier(name) && !name.empty() && (name[0] < '0' || name[0] > '9');
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
      if (matches_folded(rule.substr(group.size() + 1), host.name)) groups[group].insert(key);
    }
  }
  return groups;
}

bool may_be_group(std::string_view name, const std::vector<std::string>& rules) {
  if (!is_identifier(name)) return false;
  return name.starts_with(kNetworkPrefix) || name.starts_with(kNamePrefix) ||
         std::ranges::any_of(rules, [&](const std::string& rule) { return group_of(rule) == name; });
}

}  // namespace leases::cli
