#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "common/lease.h"
#include "store/status_file.h"
#include "util/directory.h"

namespace leases {

/// Which status file a lease belongs in.
///
/// For libvirt, a network has two: libvirt's, for libvirt's own readers, and one in the state directory for
/// the leases that those readers cannot handle. A lease is in one of them.
class LeasePlacement {
 public:
  /// `libvirt` is given only to a process that is called in place of libvirt's helper.
  LeasePlacement(Directory state, std::optional<Directory> libvirt)
      : state_(std::move(state)), libvirt_(std::move(libvirt)) {}

  /// To be called after this process has dropped its privileges. A user who may not write in libvirt's
  /// directory writes all leases in the state directory, so that the network still has its names.
  void find_writable() { writes_to_libvirt_ = libvirt_ && libvirt_->is_writable(); }

  [[nodiscard]] Directory& state_directory() { return state_; }
  [[nodiscard]] const Directory& state_directory() const { return state_; }
  /// Nothing unless this process acts for libvirt.
  [[nodiscard]] const std::optional<Directory>& libvirt_directory() const { return libvirt_; }
  [[nodiscard]] bool writes_to_libvirt() const { return writes_to_libvirt_; }

  [[nodiscard]] StatusFile own_file(std::string_view network) const;
  /// Nothing unless this process writes it.
  [[nodiscard]] std::optional<StatusFile> libvirt_file(std::string_view network) const;
  /// All files of a network that this process writes.
  [[nodiscard]] std::vector<StatusFile> files_of(std::string_view network) const;
  /// The file of a network that is a source in the index; `source` as in Lease.
  [[nodiscard]] StatusFile file_of(std::string_view network, std::string_view source) const;
  /// The file that a lease belongs in, wherever it is now.
  [[nodiscard]] StatusFile file_for(const Lease& lease) const;

  /// Whether a lease is in a file of the state directory or, for libvirt, in libvirt's file, even one that
  /// this process may not write.
  [[nodiscard]] bool owns(const Lease& lease) const;
  /// Whether a lease is in a file that this process writes.
  [[nodiscard]] bool may_write(const Lease& lease) const;

 private:
  Directory state_;
  std::optional<Directory> libvirt_;
  bool writes_to_libvirt_ = false;
};

}  // namespace leases
