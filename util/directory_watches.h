#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "util/file.h"

namespace leases {

/// Directories, and single files, that the system reports changes of (inotify(7)). What is watched is what a
/// path leads to when it is added, so paths are added anew now and then: whatever is added between begin()
/// and end() is watched afterwards, and nothing else. The number of both watches and objects of this class is
/// limited for each user, all their programs together: add() throws Error when there is none to be had.
class DirectoryWatches {
 public:
  struct Report {
    int watch;              ///< as add() returned it; -1 of none, if reports were lost
    std::uint32_t events;   ///< IN_CREATE and so on
    std::string_view name;  ///< of the file in the directory; empty: the directory itself
  };

  DirectoryWatches() { begin(); }

  /// For poll(2): readable when there are reports. -1 as long as the system gives none; begin() asks for one
  /// again.
  [[nodiscard]] int descriptor() const { return changes_.number(); }

  /// Forgets the reports so far: what happens from now on is reported.
  void begin();
  /// A number that is the same for all paths to one directory; -1 if there is no such directory, or none that
  /// this user may read. What is added after an error is watched all the same.
  int add(const std::string& path, std::uint32_t events);
  /// The same for a file: what is done with it under any other name, too.
  int add_file(const std::string& path, std::uint32_t events);
  void end();

  /// Hands out all reports that there are.
  void read(const std::function<void(const Report&)>& take) const;

 private:
  int add_any(const std::string& path, std::uint32_t events);

  FileDescriptor changes_{-1};
  int refused_ = 0;  ///< why there is no descriptor (errno(3))
  std::vector<int> watches_;
  std::vector<int> added_;  ///< since begin()
};

}  // namespace leases
