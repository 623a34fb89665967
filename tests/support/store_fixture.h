#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "import/importer.h"
#include "store/transaction.h"
#include "tests/support/files.h"
#include "tests/support/owned_lease.h"

namespace leases::test {

/// A store in a directory of its own, with an index of no leases.
class StoreFixture {
 public:
  StoreFixture() { import(); }

  [[nodiscard]] const Settings& settings() const { return settings_; }
  template <typename Change>
  void change_settings(const Change& change) {
    change(settings_);
  }
  /// The path of a file beside the store's directories.
  [[nodiscard]] std::string path_of(std::string_view name) const { return place_.path_of(name); }
  [[nodiscard]] std::string status_path(std::string_view network) const {
    return settings_.state_directory + '/' + std::string(network).append(kStatusSuffix);
  }
  [[nodiscard]] std::string status(std::string_view network) const { return read_file(status_path(network)); }
  [[nodiscard]] std::string index_path() const { return settings_.runtime_directory + "/hosts.idx"; }

  void put(const OwnedLease& lease) const { StoreTransaction(settings_).put(lease.lease()); }

  /// Runs the importer until no source can be half written: other programs of this host may be at work.
  /// Returns its warnings.
  std::vector<std::string> import(ImportScope scope = ImportScope::changed,
                                  const NamePolicy& policy = {}) const {
    std::vector<std::string> warnings;
    const auto warn = [&](const std::string& line) { warnings.push_back(line); };
    Settings settings = settings_;
    settings.names = policy;
    bool is_unsettled = import_files(settings, scope, warn).is_unsettled;
    for (int i = 0; is_unsettled && i < 100; ++i)
      is_unsettled = import_files(settings, ImportScope::changed, warn).is_unsettled;
    return warnings;
  }

  /// The files in the state directory other than the status files of `networks` and the lock: those that were
  /// set aside.
  [[nodiscard]] std::vector<std::string> others(const std::vector<std::string>& networks) const {
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::directory_iterator(settings_.state_directory)) {
      bool is_status = false;
      for (const std::string& network : networks)
        is_status = is_status || entry.path() == status_path(network);
      if (!is_status && entry.path().filename() != "lock") paths.push_back(entry.path());
    }
    return paths;
  }

 private:
  TemporaryDirectory place_;
  Settings settings_{place_.path_of("state"), place_.path_of("run"), {}, {}};
};

}  // namespace leases::test
