#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/directory_watches.h"

namespace leases::cli {

/// Tells when files that patterns stand for are written, made, replaced or removed: also files whose
/// directories do not exist yet, or are made anew, be it behind symbolic links. Other files in the same
/// directories do not count.
class SourceWatch {
 public:
  /// For poll(2): readable when has_change() should be asked.
  [[nodiscard]] int descriptor() const { return watches_.descriptor(); }

  /// What is added between begin() and end() is watched afterwards, and nothing else. Whoever looks at the
  /// files after that misses nothing: a later change is reported.
  void begin();
  /// `pattern` is an absolute path, or a pattern of glob(7).
  void add(std::string_view pattern);
  /// Throws StoreError if the system failed to watch a part of what was added: it may have no more watches to
  /// give. The rest is watched.
  void end();

  /// Whether one of the files changed since begin(), or since this was last asked.
  [[nodiscard]] bool has_change() const;

 private:
  /// False if there is no such directory, or none that this user may read, or the system failed.
  bool watch(const std::string& directory, const std::string& name);
  void note(const StoreError& failure);
  std::vector<std::string> names_of(const std::string& directory, const std::string& pattern);
  void add_below(const std::string& directory, std::string_view rest);

  DirectoryWatches watches_;
  std::map<int, std::vector<std::string>> names_;  ///< by watch: patterns of the names that count there
  std::optional<StoreError> failure_;              ///< the first since begin()
};

}  // namespace leases::cli
