#include "store/settings.h"

#include <sys/stat.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <memory>
#include <optional>
#include <utility>

#include "common/host_name.h"
#include "paths.h"
#include "store/network_name.h"
#include "store/own_names.h"
#include "store/share_section.h"
#include "util/error.h"
#include "util/path.h"
#include "util/regular_file.h"

namespace leases {

namespace {

constexpr std::string_view kStateDirectory = "state-directory";
constexpr std::string_view kRuntimeDirectory = "runtime-directory";

constexpr const char* kIsIgnored = "; it is ignored until this is fixed";
constexpr const char* kStopsAll = "; until this is fixed, leases are neither read nor written";

/// The `kind` of a source that is a directory of libvirt's.
constexpr std::string_view kLibvirtKind = "libvirt";

/// What the `kind` of a source may be: "a", "b" or "c".
std::string names_of_kinds() {
  std::vector<std::string_view> names{kLibvirtKind};
  for (const SourceProperties& kind : kSourceKinds) {
    if (kind.is_configurable) names.push_back(kind.name);
  }
  std::string text;
  for (const std::string_view& name : names) {
    if (!text.empty()) text += &name == &names.back() ? " or " : ", ";
    text.append(1, '"').append(name).append(1, '"');
  }
  return text;
}

class SettingsReader {
 public:
  SettingsReader(const std::string& path, Settings& settings) : path_(path), settings_(settings) {}

  void read() {
    const RegularFile opened = read_regular_file(path_);
    // /dev/null says that there are no settings.
    if (opened.state == RegularFile::State::absent || S_ISCHR(opened.status.st_mode)) return;
    if (S_ISDIR(opened.status.st_mode) || S_ISFIFO(opened.status.st_mode)) {
      settings_.problems.push_back(path_ + ": is not a file; " +
                                   (path_ == paths::kConfig ? "move it away" : "name another one"));
      return;
    }
    if (!opened.read()) return complain_of_reading(opened);
    const std::string& text = opened.text;
    try {
      const toml::table file = toml::parse(text, path_);
      reject_unknown_keys(
          file, "", {kStateDirectory, kRuntimeDirectory, "libvirt-directory", "names", "source", "share"});
      const bool knows_state = read_directory(file, kStateDirectory, settings_.state_directory);
      const bool knows_runtime = read_directory(file, kRuntimeDirectory, settings_.runtime_directory);
      settings_.knows_directories = knows_state && knows_runtime;
      read_directory(file, "libvirt-directory", settings_.libvirt_directory, MayBe::empty);
      if (settings_.libvirt_directory == settings_.state_directory) {
        log_line(file.source(), "'libvirt-directory' is the state directory, whose leases are not libvirt's");
        settings_.libvirt_directory.clear();
      }
      if (const toml::node* names = file.get("names")) read_names(*names);
      if (const toml::node* sources = file.get("source")) read_sources(*sources);
      if (const toml::node* share = file.get("share")) read_share_section(*share);
    } catch (const toml::parse_error& error) {
      settings_.knows_directories = text.find(kStateDirectory) == std::string::npos &&
                                    text.find(kRuntimeDirectory) == std::string::npos;
      log_line(error.source(), std::string(error.description()),
               settings_.knows_directories ? kIsIgnored : kStopsAll);
    }
  }

 private:
  void complain_of_reading(const RegularFile& file) {
    settings_.knows_directories = false;
    settings_.problems.push_back(path_ + ": " + file.problem() +
                                 "; let the user that dnsmasq runs the helper as (dhcp-scriptuser) read it" +
                                 kStopsAll);
  }

  void log_line(const toml::source_region& where, const std::string& what,
                const std::string& consequence = kIsIgnored) {
    settings_.problems.push_back(path_ + ", line " + std::to_string(where.begin.line) + ": " + what +
                                 consequence);
  }

  void reject_unknown_keys(const toml::table& table, const std::string& section,
                           std::initializer_list<std::string_view> known) {
    for (const auto& [key, value] : table) {
      bool is_known = false;
      for (const std::string_view name : known) is_known = is_known || key.str() == name;
      if (!is_known) log_line(key.source(), "there is no key '" + section + std::string(key.str()) + "'");
    }
  }

  enum class MayBe : bool { empty = true, absolute_only = false };

  /// False if the value is wrong.
  bool read_directory(const toml::table& file, std::string_view key, std::string& directory,
                      MayBe may_be = MayBe::absolute_only) {
    const toml::node* node = file.get(key);
    if (node == nullptr) return true;
    const auto value = node->value_exact<std::string>();
    if (value && (value->starts_with('/') || (value->empty() && may_be == MayBe::empty))) {
      directory = with_single_slashes(*value);
      return true;
    }
    log_line(node->source(),
             '\'' + std::string(key) + "' has to be a string with an absolute path" +
                 (may_be == MayBe::empty ? ", or \"\"" : ""),
             may_be == MayBe::empty ? kIsIgnored : kStopsAll);
    return false;
  }

  void read_names(const toml::node& node) {
    const toml::table* names = node.as_table();
    if (names == nullptr) return log_line(node.source(), "'names' has to be a section: [names]");
    reject_unknown_keys(*names, "names.", {"deny", "allow", "hosts-files", "short-names"});
    settings_.names = NamePolicy(read_texts(*names, "deny"), read_texts(*names, "allow"));
    settings_.names.keep_short_in(read_texts(*names, "short-names"));
    if (const toml::node* files = names->get("hosts-files")) read_hosts_files(*names, *files);
  }

  /// A mistake leaves the standard files: better to answer a name too few than one too many.
  void read_hosts_files(const toml::table& names, const toml::node& node) {
    const std::size_t problems = settings_.problems.size();
    std::vector<std::string> paths = read_texts(names, "hosts-files");
    if (settings_.problems.size() != problems) return;
    const auto is_absolute = [](const std::string& path) { return path.starts_with('/'); };
    if (std::ranges::all_of(paths, is_absolute)) {
      settings_.hosts_files = std::move(paths);
    } else {
      log_line(node.source(), "'names.hosts-files' has to be a list of absolute paths");
    }
  }

  std::vector<std::string> read_texts(const toml::table& names, std::string_view key) {
    const toml::node* node = names.get(key);
    if (node == nullptr) return {};
    const toml::array* list = node->as_array();
    std::vector<std::string> texts;
    if (list != nullptr && list->is_homogeneous<std::string>()) {
      for (const toml::node& text : *list) texts.push_back(*text.value_exact<std::string>());
    }
    if (list == nullptr || texts.size() != list->size()) {
      log_line(node->source(), "'names." + std::string(key) + "' has to be a list of strings");
    }
    return texts;
  }

  void read_share_section(const toml::node& node) {
    settings_.share = read_share(
        node, [this](const toml::source_region& where, const std::string& what) { log_line(where, what); });
    settings_.share.has_section = true;
  }

  void read_sources(const toml::node& node) {
    const toml::array* list = node.as_array();
    if (list == nullptr) return log_line(node.source(), "'source' has to be a list of sections: [[source]]");
    for (const toml::node& item : *list) {
      const std::size_t problems = settings_.problems.size();
      SourceConfig source;
      if (const toml::table* table = item.as_table()) {
        source = read_source(*table);
      } else {
        log_line(item.source(), "'source' has to be a list of sections: [[source]]");
      }
      if (settings_.problems.size() == problems) settings_.sources.push_back(std::move(source));
    }
  }

  /// The caller leaves it out if there was a problem.
  SourceConfig read_source(const toml::table& table) {
    reject_unknown_keys(table, "source.", {"kind", "path", "network", "domain", "host"});
    const auto is_kind = [](const std::string& text) { return kind_of(text).has_value(); };
    const auto is_absolute = [](const std::string& text) { return text.starts_with('/'); };
    const std::string kind = read_source_text(table, "kind", names_of_kinds(), is_kind);
    SourceConfig source{kind_of(kind).value_or(SourceConfig::kLibvirt), {}, {}};
    source.path =
        with_single_slashes(read_source_text(table, "path", "a string with an absolute path", is_absolute));
    if (table.contains("network"))
      source.network = read_source_text(table, "network", "the name of a network", is_network_name);
    if (table.contains("domain"))
      source.domain = read_source_text(table, "domain", "a domain outside of localhost", is_domain);
    if (table.contains("host")) read_host(table, source);
    return source;
  }

  static bool is_domain(const std::string& text) {
    return is_domain_name(text) && !is_localhost_domain(text);
  }

  void read_host(const toml::table& table, SourceConfig& source) {
    const auto* kind = std::get_if<SourceKind>(&source.kind);
    if (kind == nullptr || !properties_of(*kind).is_of_other_host) {
      log_line(table.get("host")->source(),
               "'source.host' is for another host's leases: kind \"shared-status\"");
    }
    const auto is_host = [](const std::string& text) { return !shared_network_name(text, "x").empty(); };
    source.host = read_source_text(table, "host", "a host name in lower case, without a dot", is_host);
  }

  /// Nothing if there is no such kind.
  static std::optional<SourceConfig::Kind> kind_of(std::string_view text) {
    if (text == kLibvirtKind) return SourceConfig::kLibvirt;
    for (const SourceProperties& kind : kSourceKinds) {
      if (kind.is_configurable && text == kind.name) return kind.kind;
    }
    return {};
  }

  template <typename Predicate>
  std::string read_source_text(const toml::table& table, std::string_view key, const std::string& what,
                               const Predicate& is_right) {
    const toml::node* node = table.get(key);
    const auto text = node != nullptr ? node->value_exact<std::string>() : std::nullopt;
    if (text && is_right(*text)) return *text;
    log_line(node != nullptr ? node->source() : table.source(),
             "'source." + std::string(key) +
                 (node != nullptr ? "' has to be " : "' is missing, it has to be ") + what);
    return {};
  }

  const std::string& path_;
  Settings& settings_;
};

}  // namespace

namespace {

/// A [[source]] for libvirt's directory may give it a domain. Its networks keep their names: in libvirt's
/// place, the helper writes those files and knows no others.
void put_libvirt_first(Settings& settings) {
  if (settings.libvirt_directory.empty()) return;
  SourceConfig libvirt{SourceConfig::kLibvirt, settings.libvirt_directory, {}};
  const auto named = std::ranges::find_if(settings.sources, [&](const SourceConfig& source) {
    return source.kind == SourceConfig::kLibvirt && source.path == libvirt.path;
  });
  if (named != settings.sources.end()) libvirt.domain = named->domain;
  settings.sources.insert(settings.sources.begin(), libvirt);
}

}  // namespace

Settings read_settings(const std::string& path) {
  Settings settings{paths::kStateDirectory, paths::kRuntimeDirectory, {}, {}, paths::kLibvirtDirectory, {}};
  settings.path = path;
  settings.hosts_files = {std::string(kStandardHosts)};
  settings.hostname_file = kStandardHostname;
  SettingsReader(path, settings).read();
  put_libvirt_first(settings);
  if (!settings.share.has_section) return settings;
  const std::string shared = settings.state_directory + '/' + std::string(kSharedDirectory);
  settings.sources.push_back({SourceKind::shared_status, shared + "/*/*.status", {}});
  return settings;
}

Settings with_own_names(Settings settings) {
  if (!settings.hostname_file.empty()) settings.names.keep_own(own_names(settings.hostname_file));
  return settings;
}

Settings with_hosts_files(Settings settings, bool libvirts, const HostsQuestion& question) {
  settings = with_own_names(std::move(settings));
  settings.names.use(std::make_shared<const HostsNames>(
      settings.hosts_files, libvirts ? settings.libvirt_directory : std::string(), question));
  return settings;
}

void require_directories(const Settings& settings) {
  if (settings.knows_directories) return;
  throw Error(settings.path + ": may name other directories than the standard ones; fix it");
}

std::string settings_path(std::string_view named) {
  if (!named.empty()) return std::string(named);
  const char* from_environment = std::getenv("NSS_LEASES_CONFIG");
  return from_environment != nullptr && *from_environment != 0 ? from_environment : paths::kConfig;
}

}  // namespace leases
