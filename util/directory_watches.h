#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "util/file.h"

namespace leases {

/// Directories and single files whose changes the system reports (inotify(7)). A watch is on what a path
/// leads to when it is added, so callers add their paths again now and then: what is added between begin()
/// and end() is watched afterwards, and nothing else. The system limits the number of watches, and of objects
/// of this class, for all programs of a user together: add() throws Error when none is left.
class DirectoryWatches {
 public:
  struct Report {
    int watch;              ///< as add() returned it; -1 if reports were lost
    std::uint32_t events;   ///< IN_CREATE and so on
    std::string_view name;  ///< of the file in the directory; empty for the directory itself
  };

  DirectoryWatches() { begin(); }

  /// For poll(2): readable when there are reports. -1 if the system gave none; begin() asks for one
  /// again.
  [[nodiscard]] int descriptor() const { return changes_.number(); }

  /// Forgets the reports so far: only later changes are reported.
  void begin();
  /// Returns a number that is the same for all paths to one directory; -1 if there is no such directory, or
  /// this user may not read it. After an error, others can still be added.
  int add(const std::string& path, std::uint32_t events);
  /// The same for a file, whose changes under any other name are reported, too.
  int add_file(const std::string& path, std::uint32_t events);
  void end();

  /// Hands out all reports so far.
  void read(const std::function<void(const Report&)>& take) const;

 private:
  int add_any(const std::string& path, std::uint32_t events);

  FileDescriptor changes_{-1};
  int refused_ = 0;  ///< why there is no descriptor: the system's number (errno(3))
  std::vector<int> watches_;
  std::vector<int> added_;  ///< since begin()
};

}  // namespace leases
