#include "cli/known_hosts/known_host_lines.h"

#include <algorithm>
#include <sstream>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/output/json_text.h"
#include "util/folded_name.h"

namespace leases::cli {

namespace {

/// The hosts of each line, joined by commas.
std::vector<std::string> host_fields(const std::string& found) {
  std::vector<std::string> all;
  std::istringstream lines(found);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string hosts;
    fields >> hosts;
    if (hosts.starts_with('@')) fields >> hosts;
    if (!hosts.starts_with('#')) all.push_back(hosts);
  }
  return all;
}

/// "[web]:2222" is web.
std::string without_port(const std::string& host) {
  return host.starts_with('[') ? host.substr(1, host.find(']') - 1) : host;
}

}  // namespace

std::string unmarked_lines(const std::string& found) {
  std::string kept;
  std::string comment;
  std::istringstream lines(found);
  for (std::string line; std::getline(lines, line);) {
    const bool is_comment = line.starts_with('#');
    if (!is_comment && !line.starts_with('@')) kept += comment + line + '\n';
    comment = is_comment ? line + '\n' : std::string();
  }
  return kept;
}

bool has_pattern(const std::string& found) {
  return std::ranges::any_of(host_fields(found), [](const std::string& hosts) {
    return hosts.find_first_of("*?!") != std::string::npos;
  });
}

std::optional<std::string> foreign_host(const std::string& found, const std::string& host,
                                        const std::set<std::string>& ours) {
  for (const std::string& field : host_fields(found)) {
    std::istringstream hosts(field);
    for (std::string other; std::getline(hosts, other, ',');) {
      const std::string name = folded(without_port(other));
      const bool is_hashed = name.starts_with('|');
      if (!is_hashed && name != host && !ours.contains(name)) return other;
    }
  }
  return {};
}

std::string known_host_json(const std::string& host, const std::string& file, const char* outcome,
                            const std::string& found) {
  nlohmann::ordered_json object;
  object["host"] = host;
  object["file"] = file;
  object["outcome"] = outcome;
  auto& keys = object["keys"] = nlohmann::ordered_json::array();
  std::istringstream lines(found);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with('#')) keys.push_back(line);
  }
  return json_text(object) + '\n';
}

}  // namespace leases::cli
