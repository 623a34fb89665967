#include "import/source_list.h"

#include <fnmatch.h>

#include <algorithm>
#include <compare>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <variant>

#include "import/incus_domain.h"
#include "import/source_domain.h"
#include "store/libvirt_network.h"
#include "store/network_name.h"
#include "store/source_place.h"
#include "store/status_file.h"
#include "util/directory.h"
#include "util/error.h"
#include "util/glob.h"
#include "util/path.h"
#include "util/regular_file.h"

namespace leases {

namespace {

std::vector<std::string> expand(const std::string& pattern, SourceListing& result) {
  return matching_paths(pattern, [&](const std::string& directory, int error) {
    if (std::ranges::find(result.unlisted, directory) != result.unlisted.end()) return;
    result.unlisted.push_back(directory);
    const bool is_lasting = is_permanent(error);
    if (!is_lasting) ++result.failed;
    result.problems.push_back(directory + ": cannot be read: " + std::strerror(error) +
                              (is_lasting ? "; let the user that reads leases from there list the directory"
                                          : "; what was found in it before stays"));
  });
}

/// A file beside one that the pattern stands for stands for that one.
std::string without_beside(std::string path, const SourcePattern& pattern) {
  for (const std::string_view ending : properties_of(pattern.kind).beside) {
    if (ending.empty() || !path.ends_with(ending)) continue;
    std::string own = path.substr(0, path.size() - ending.size());
    if (::fnmatch(pattern.path.c_str(), own.c_str(), FNM_PATHNAME | FNM_PERIOD) == 0) return own;
  }
  return path;
}

/// The files that a pattern stands for. While Kea makes its file shorter, only those beside it are there; the
/// last of these goes when the file is there again, so the pattern itself is looked at before and after them.
std::set<std::string> files_behind(const SourcePattern& pattern, SourceListing& result) {
  std::set<std::string> files;
  const auto add = [&](std::string_view ending) {
    for (std::string& path : expand(pattern.path + std::string(ending), result))
      files.insert(without_beside(std::move(path), pattern));
  };
  add({});
  if (properties_of(pattern.kind).has_one_file()) return files;
  for (const std::string_view ending : properties_of(pattern.kind).beside) {
    if (!ending.empty()) add(ending);
  }
  add({});
  return files;
}

std::string_view without_ending(std::string_view name) {
  return name.substr(0, name.rfind('.'));
}

/// Cuts the path, which the pattern matches, down to the component that the pattern's first star is in.
std::string_view component_with_star(std::string_view path, std::string_view pattern) {
  const auto slashes =
      std::count(pattern.begin(), pattern.begin() + static_cast<long>(pattern.find('*')), '/');
  for (long i = 0; i < slashes; ++i) path.remove_prefix(path.find('/') + 1);
  return path.substr(0, path.find('/'));
}

/// The shortest text that the first star of a pattern can stand for in a path; empty if there is none.
std::string_view first_star_match(std::string_view path, std::string_view pattern) {
  const std::string_view name = component_with_star(path, pattern);
  const std::size_t star = pattern.find('*');
  const std::size_t begin = pattern.rfind('/', star) + 1;
  const std::string before(pattern.substr(begin, star - begin));
  const std::string after(pattern.substr(star + 1, pattern.find('/', star) - star - 1));
  for (std::size_t from = 0; from <= name.size(); ++from) {
    if (!matches_text(before, name.substr(0, from))) continue;
    for (std::size_t to = from; to <= name.size(); ++to) {
      if (matches_text(after, name.substr(to))) return name.substr(from, to - from);
    }
  }
  return {};
}

/// Of which network libvirt's file of reserved hosts is.
struct ReservedNetwork {
  std::optional<std::string> bridge;  ///< nothing: the file is not libvirt's
  bool is_hidden = false;             ///< its configuration is there, and this process cannot read it
};

/// libvirt keeps leases by bridges, and calls this file as it does the network.
ReservedNetwork reserved_network(const std::string& path) try {
  constexpr std::string_view kEnding = ".hostsfile";
  if (!path.ends_with(kEnding)) return {};
  const SourcePlace place = place_of(path);
  if (!place.directory) return {};
  const std::string name(without_ending(file_name(path)));
  auto bridge = bridge_of_libvirt_network(*place.directory, name);
  if (bridge && is_network_name(*bridge)) return {std::move(bridge)};
  const auto configuration =
      read_regular_file(*place.directory, name + std::string(kLibvirtConfiguration), kLargestText);
  return {{}, configuration.state == RegularFile::State::unusable};
} catch (const Error&) {
  return {{}, true};
}

/// A file, and who says of which network it is.
struct ListedFile {
  /// Of several with one network, the lowest has it: what is configured comes before what a file is called.
  struct Claim {
    bool is_by_pattern = false;
    std::size_t source = 0;  ///< its number; 0 is the store itself

    friend auto operator<=>(const Claim&, const Claim&) = default;
  };

  SourceFile file;
  Claim claim;

  /// Reservations and names of guests are for a network that others have, and end none of its leases.
  [[nodiscard]] bool has_leases() const {
    return !properties_of(file.kind).has_guests && file.kind != SourceKind::dhcp_hosts;
  }
};

class SourceExpander {
 public:
  void add(const SourceConfig& source) {
    ++number_;
    const bool is_libvirts = source.kind == SourceConfig::kLibvirt;
    for (const SourcePattern& pattern : patterns_of(source)) {
      if (is_libvirts) {
        add_libvirt(source, pattern.path, pattern.kind);
      } else if (is_pattern(pattern.path)) {
        for (const std::string& file : files_behind(pattern, result_))
          add(pattern.kind, source, pattern.path, file);
      } else {
        add(pattern.kind, source, pattern.path, pattern.path);
      }
    }
  }

  SourceListing result(const std::vector<std::string>& own) && {
    const auto owners = owners_of_networks(own);
    for (auto& [path, listed] : files_) {
      left_out_.erase(path);
      hidden_.erase(path);
      auto& [file, claim] = listed;
      if (claim.is_by_pattern && listed.has_leases() && owners.at(file.network) != claim) {
        left_out_[path] = path + ": others have leases of the network '" + file.network +
                          "', so that a file does not get it by its name; name one with 'network' in an "
                          "earlier [[source]] that has this path";
        result_.refused.push_back(std::move(file));
      } else {
        result_.files.push_back(std::move(file));
      }
    }
    for (const auto& [path, problem] : left_out_) result_.problems.push_back(problem);
    result_.unlisted.insert(result_.unlisted.end(), hidden_.begin(), hidden_.end());
    return std::move(result_);
  }

 private:
  using Claim = ListedFile::Claim;

  [[nodiscard]] std::map<std::string, Claim> owners_of_networks(const std::vector<std::string>& own) const {
    std::map<std::string, Claim> owners;
    for (const std::string& network : own) owners.try_emplace(network);
    for (const auto& [path, listed] : files_) {
      if (!listed.has_leases()) continue;
      Claim& owner = owners.try_emplace(listed.file.network, listed.claim).first->second;
      owner = std::min(owner, listed.claim);
    }
    return owners;
  }

  void list(SourceFile file, bool is_by_pattern = false) {
    const std::string path = file.path;
    files_.try_emplace(path, ListedFile{std::move(file), {is_by_pattern, number_}});
  }

  void add_libvirt(const SourceConfig& source, const std::string& pattern, SourceKind kind) {
    for (const std::string& path : expand(pattern, result_)) {
      std::string network(file_name(path));
      network.resize(network.size() - properties_of(kind).libvirt_suffix.size());
      const auto domain = domains_.of(kind, source, path);
      if (!source.network.empty()) network = source.network;
      if (is_network_name(network)) list({kind, network, path, domain.value_or(""), !domain});
    }
  }

  void add(SourceKind kind, const SourceConfig& source, std::string_view pattern, const std::string& path) {
    if (properties_of(kind).is_of_other_host) {
      add_shared(kind, source, path);
    } else {
      add_file(kind, source, pattern, path);
    }
  }

  void add_shared(SourceKind kind, const SourceConfig& source, const std::string& path) {
    const std::string_view directory = std::string_view(path).substr(0, path.rfind('/'));
    const std::string_view host = source.host.empty() ? file_name(directory) : source.host;
    const std::string_view network =
        source.network.empty() ? without_ending(file_name(path)) : std::string_view(source.network);
    std::string name = shared_network_name(host, network);
    if (!name.empty()) {
      list({kind, std::move(name), path, source.domain});
    } else {
      left_out_[path] =
          path + ": '" + std::string(host) + "' and '" + std::string(network) +
          "' cannot be the names of a host and a network; name others with 'host' and 'network' "
          "in a [[source]] that has this path";
    }
  }

  void add_file(SourceKind kind, const SourceConfig& source, std::string_view pattern,
                const std::string& path) {
    std::string network = source.network;
    const bool is_named = !network.empty();
    const bool has_star = pattern.find('*') != std::string_view::npos;
    const bool is_of_all = properties_of(kind).has_guests && !is_named && !has_star;
    if (!is_named && !is_of_all)
      network = has_star ? first_star_match(path, pattern) : without_ending(file_name(path));
    if (kind == SourceKind::dhcp_hosts && !is_named) {
      auto reserved = reserved_network(path);
      if (reserved.is_hidden) return leave_hidden(path);
      if (reserved.bridge) network = *std::move(reserved.bridge);
    }
    if (is_of_all || is_network_name(network)) {
      const auto domain = domains_.of(kind, source, path);
      list({kind, network, path, domain.value_or(""), !domain}, !is_named && is_pattern(pattern));
    } else {
      left_out_[path] = path + ": '" + network +
                        "' cannot be the name of a network; name one with 'network' in a [[source]] that "
                        "has this path";
    }
  }

  void leave_hidden(const std::string& path) {
    left_out_[path] = path + ": the configuration of its network, " + std::string(without_ending(path)) +
                      std::string(kLibvirtConfiguration) +
                      ", cannot be read; let the user that reads it do so, or name the bridge with 'network'";
    hidden_.insert(path);
  }

  SourceListing result_;
  std::size_t number_ = 0;  ///< of the source
  std::map<std::string, ListedFile> files_;
  SourceDomains domains_;
  std::set<std::string> hidden_;                 ///< their network cannot be told
  std::map<std::string, std::string> left_out_;  ///< the problem of each, unless another source names it
};

}  // namespace

bool SourceListing::may_hold(std::string_view path) const {
  return std::ranges::any_of(unlisted,
                             [&](const std::string& place) { return path == place || is_in(path, place); });
}

std::vector<SourcePattern> patterns_of(const SourceConfig& source) {
  const std::string path = with_single_slashes(source.path);
  if (const auto* kind = std::get_if<SourceKind>(&source.kind)) return {{*kind, path}};
  std::vector<SourcePattern> patterns;
  for (const SourceProperties& kind : kSourceKinds) {
    if (!kind.libvirt_suffix.empty())
      patterns.push_back({kind.kind, (path + "/*").append(kind.libvirt_suffix)});
  }
  return patterns;
}

std::vector<std::string> patterns_beside(const SourcePattern& pattern) {
  std::vector<std::string> patterns;
  for (const std::string_view ending : properties_of(pattern.kind).beside) {
    if (!ending.empty()) patterns.push_back(pattern.path + std::string(ending));
  }
  if (std::string incus = incus_process_file(pattern.path); !incus.empty())
    patterns.push_back(std::move(incus));
  if (pattern.kind == SourceKind::libvirt_status)
    patterns.push_back(pattern.path.substr(0, pattern.path.rfind('/')) + "/*" +
                       std::string(kLibvirtConfiguration));
  return patterns;
}

SourceListing list_sources(const std::vector<SourceConfig>& sources, const std::vector<std::string>& own) {
  SourceExpander expander;
  for (const SourceConfig& source : sources) expander.add(source);
  return std::move(expander).result(own);
}

SourceListing configured_sources(const Settings& settings) {
  std::vector<std::string> own;
  try {
    const auto state = Directory::open_existing(settings.state_directory);
    if (state) own = networks_in(*state);
  } catch (const Error&) {
    // Who works on the store reports it.
  }
  return list_sources(settings.sources, own);
}

}  // namespace leases
