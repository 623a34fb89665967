#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/interprocess/mapped_region.hpp>

#include "common/host_index.h"
#include "util/directory.h"
#include "util/error.h"
#include "util/file.h"
#include "util/mapped_file.h"

namespace leases {

/// The name of the index in the runtime directory.
inline constexpr const char* kIndexName = "hosts.idx";

/// Something is wrong with the index, or with the runtime directory: leases can be kept all the same, and
/// names follow when a person has put it right.
class IndexError : public Error {
 public:
  explicit IndexError(const Error& cause)
      : Error(std::string(cause.what()) +
                  "; leases are kept all the same, and names follow then, at the next event or by: "
                  "leasectl rebuild",
              cause.error()) {}
};

/// hosts.idx, opened and mapped. It stays open for as long as the object lives: the system tells who watches
/// the directory when a writer closes it (schema/index-layout.md).
class WritableIndex {
 public:
  /// Opens the index of a runtime directory. Nothing if there is none, and if it is none that readers would
  /// believe; `problem` then says what is the matter with it.
  static std::optional<WritableIndex> open(const Directory& directory, Access access, std::string& problem);

  [[nodiscard]] const IndexImage& index() const { return index_; }

  /// Tells this file from others that were in its place: device, inode, size, generation and the snapshot's
  /// newest change.
  [[nodiscard]] std::string identity() const;

  /// Appends an overlay and makes readers use it from now on. False if there is no room for it, or if the
  /// file was about to be replaced when a writer was killed: it is all there is, and has to be replaced now.
  bool publish(std::string_view overlay);

  /// Writes a new index that takes the place of `old`, if there is one, and of whatever else is there. Throws
  /// Error.
  static void replace(const Directory& directory, std::string_view snapshot,
                      std::optional<WritableIndex>& old);

 private:
  WritableIndex(FileDescriptor file, boost::interprocess::mapped_region region, const IndexImage& index)
      : file_(std::move(file)), region_(std::move(region)), index_(index) {}

  void mark_superseded(bool superseded);

  FileDescriptor file_;
  boost::interprocess::mapped_region region_;
  IndexImage index_;
};

}  // namespace leases
