#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/name_policy.h"
#include "store/share_settings.h"
#include "store/source_config.h"

namespace leases {

/// What nss-leases.conf can set.
struct Settings {
  std::string state_directory;
  std::string runtime_directory;
  NamePolicy names;  ///< without the hosts files, which are read when they are needed
  /// What is wrong with the file, a line each, with the line number and the key. A key that is mentioned here
  /// has its default, and a source is left out; the rest was read.
  std::vector<std::string> problems;
  std::string libvirt_directory{};      ///< absolute; empty: libvirt's leases are not read
  std::vector<SourceConfig> sources{};  ///< libvirt_directory, unless empty, those of the file in their
                                        ///< order, and what others share
  /// False if the file could not be read but may name the state or the runtime directory: these are the
  /// standard ones, and another store's leases may be in them.
  bool knows_directories = true;
  std::string path{};  ///< the file
  /// Files, or directories of files, that give names to addresses permanently: absolute paths.
  std::vector<std::string> hosts_files{};
  /// The file with this machine's name, which no client may have; empty: its name is anybody's.
  std::string hostname_file{};
  ShareSettings share{};
};

/// The settings with a name policy that knows this machine's names.
Settings with_own_names(Settings settings);

/// The same, with what is in the hosts files too, and, if `libvirts`, in those of libvirt's networks. Callers
/// that decide about names call this first, before they take the store's lock.
Settings with_hosts_files(Settings settings, bool libvirts = true, const HostsQuestion& question = {});

/// Throws Error if the directories are not known. Callers that open them call this first.
void require_directories(const Settings& settings);

/// Reads a configuration file (TOML, nss-leases.conf(5)). A file that does not exist gives the defaults; so
/// does, with a problem, one that cannot be read. Never throws for what is in the file.
Settings read_settings(const std::string& path);

/// The configuration file to read: `named`, if not empty, else that of the environment variable
/// NSS_LEASES_CONFIG, else the standard one.
std::string settings_path(std::string_view named);

}  // namespace leases
