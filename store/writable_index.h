#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/interprocess/mapped_region.hpp>

#include "common/host_index.h"
#include "store/index_file.h"
#include "util/directory.h"
#include "util/error.h"
#include "util/file.h"

namespace leases {

/// Something is wrong with the index or the runtime directory. Leases can still be recorded; names follow
/// when somebody has fixed it.
class IndexError : public Error {
 public:
  explicit IndexError(const Error& cause)
      : Error(std::string(cause.what()) +
                  "; leases are kept all the same, and names follow then, at the next event or by: "
                  "leasectl rebuild",
              cause.error()) {}
};

/// hosts.idx, opened and mapped for its writer. It stays open for as long as the object lives, because
/// closing it notifies those who watch the directory (schema/index-layout.md).
class WritableIndex {
 public:
  /// As IndexFile::open(). Nothing also for a file whose contents are not sound.
  static std::optional<WritableIndex> open(const Directory& directory, std::string& problem);

  [[nodiscard]] const IndexImage& index() const { return index_; }

  /// Tells this file from others that were in its place: device, inode, size, generation and the snapshot's
  /// newest change.
  [[nodiscard]] std::string identity() const;

  /// Appends an overlay and makes readers use it. False if there is no room for it, or if a writer was killed
  /// when it was about to replace the file: then the file has to be replaced now.
  bool publish(std::string_view overlay);

  /// Writes a new index that replaces `old`, if there is one, and whatever else is there. Then nearly all of
  /// the old one's memory is given back, although processes may have it mapped for as long as they run.
  /// Throws Error.
  static void replace(const Directory& directory, std::string_view snapshot,
                      std::optional<WritableIndex>& old);

 private:
  WritableIndex(FileDescriptor file, boost::interprocess::mapped_region region, const IndexImage& index)
      : file_(std::move(file)), region_(std::move(region)), index_(index) {}

  void mark(layout::Superseded superseded);
  void give_back_pages();

  FileDescriptor file_;
  boost::interprocess::mapped_region region_;
  IndexImage index_;
};

}  // namespace leases
