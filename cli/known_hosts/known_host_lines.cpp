#include "cli/known_hosts/known_host_lines.h"

#include <sstream>

#include <nlohmann/json.hpp>

#include "cli/output/json_text.h"

namespace leases::cli {

bool has_pattern(const std::string& found) {
  std::istringstream lines(found);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string hosts;
    fields >> hosts;
    if (hosts.starts_with('@')) fields >> hosts;
    if (!hosts.starts_with('#') && hosts.find_first_of("*?!") != std::string::npos) return true;
  }
  return false;
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
