#include "helper/settings.h"

#include <sys/stat.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <utility>

#include "paths.h"

namespace leases {

namespace {

class SettingsReader {
 public:
  SettingsReader(const std::string& path, Settings& settings) : path_(path), settings_(settings) {}

  void read() {
    struct stat status {};
    if (::stat(path_.c_str(), &status) != 0 && errno == ENOENT) return;
    if (S_ISDIR(status.st_mode) || S_ISFIFO(status.st_mode)) {
      settings_.problems.push_back(path_ + ": is not a file; move it away");
      return;
    }
    if (::access(path_.c_str(), R_OK) != 0) {
      settings_.problems.push_back(
          path_ + ": cannot be read: " + std::strerror(errno) +
          "; let the user that dnsmasq runs the helper as (dhcp-scriptuser) read it");
      return;
    }
    try {
      const toml::table file = toml::parse_file(path_);
      reject_unknown_keys(file, "", {"state-directory", "runtime-directory", "names"});
      read_directory(file, "state-directory", settings_.state_directory);
      read_directory(file, "runtime-directory", settings_.runtime_directory);
      if (const toml::node* names = file.get("names")) read_names(*names);
    } catch (const toml::parse_error& error) {
      complain(error.source(), std::string(error.description()));
    }
  }

 private:
  void complain(const toml::source_region& where, const std::string& what) {
    settings_.problems.push_back(path_ + ", line " + std::to_string(where.begin.line) + ": " + what +
                                 "; it is ignored until this is mended");
  }

  void reject_unknown_keys(const toml::table& table, const std::string& section,
                           std::initializer_list<std::string_view> known) {
    for (const auto& [key, value] : table) {
      bool is_known = false;
      for (const std::string_view name : known) is_known = is_known || key.str() == name;
      if (!is_known) complain(key.source(), "there is no key '" + section + std::string(key.str()) + "'");
    }
  }

  void read_directory(const toml::table& file, std::string_view key, std::string& directory) {
    const toml::node* node = file.get(key);
    if (node == nullptr) return;
    const auto value = node->value_exact<std::string>();
    if (value && value->starts_with('/')) {
      directory = *value;
    } else {
      complain(node->source(), '\'' + std::string(key) + "' has to be a string with an absolute path");
    }
  }

  void read_names(const toml::node& node) {
    const toml::table* names = node.as_table();
    if (names == nullptr) return complain(node.source(), "'names' has to be a section: [names]");
    reject_unknown_keys(*names, "names.", {"deny", "allow"});
    settings_.names = NamePolicy(read_globs(*names, "deny"), read_globs(*names, "allow"));
  }

  std::vector<std::string> read_globs(const toml::table& names, std::string_view key) {
    const toml::node* node = names.get(key);
    if (node == nullptr) return {};
    const toml::array* list = node->as_array();
    std::vector<std::string> globs;
    if (list != nullptr && list->is_homogeneous<std::string>()) {
      for (const toml::node& glob : *list) globs.push_back(*glob.value_exact<std::string>());
    }
    if (list == nullptr || globs.size() != list->size()) {
      complain(node->source(), "'names." + std::string(key) + "' has to be a list of strings");
    }
    return globs;
  }

  const std::string& path_;
  Settings& settings_;
};

}  // namespace

Settings read_settings(const std::string& path) {
  Settings settings{paths::kStateDirectory, paths::kRuntimeDirectory, {}, {}};
  SettingsReader(path, settings).read();
  return settings;
}

std::string settings_path(std::string_view named) {
  if (!named.empty()) return std::string(named);
  const char* from_environment = std::getenv("NSS_LEASES_CONFIG");
  return from_environment != nullptr && *from_environment != 0 ? from_environment : paths::kConfig;
}

}  // namespace leases
