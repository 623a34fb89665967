#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "helper/file.h"

namespace leases::cli {

/// Directories that the system reports changes of (inotify(7)). What is watched is the directory that a path
/// leads to when it is added, so paths are added anew now and then: whatever is added between begin() and
/// end() is watched afterwards, and nothing else. Throws StoreError if the system fails: it may have no more
/// watches to give.
class DirectoryWatches {
 public:
  struct Report {
    int watch;              ///< as add() returned it; -1 of none, if reports were lost
    std::uint32_t events;   ///< IN_CREATE and so on
    std::string_view name;  ///< of the file in the directory; empty: the directory itself
  };

  DirectoryWatches();

  /// For poll(2): readable when there are reports.
  [[nodiscard]] int descriptor() const { return changes_.number(); }

  /// Forgets the reports so far: what happens from now on is reported.
  void begin();
  /// A number that is the same for all paths to one directory; -1 if there is no such directory, or none that
  /// this user may read. What is added after an error is watched all the same.
  int add(const std::string& path, std::uint32_t events);
  void end();

  /// Hands out all reports that there are.
  void read(const std::function<void(const Report&)>& take) const;

 private:
  FileDescriptor changes_;
  std::vector<int> watches_;
  std::vector<int> added_;  ///< since begin()
};

}  // namespace leases::cli
