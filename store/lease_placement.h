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
/// For libvirt, a network has two: libvirt's, which libvirt's own readers look at, and that in the state
/// directory for the leases that those readers cannot bear. A lease is in one of them.
class LeasePlacement {
 public:
  /// `libvirt` is given only to a process that is called in place of libvirt's helper.
  LeasePlacement(Directory state, std::optional<Directory> libvirt)
      : state_(std::move(state)), libvirt_(std::move(libvirt)) {}

  /// To be called when this process has the rights that it keeps. A user who may not write in libvirt's
  /// directory writes all leases in the state directory: better a network of our own than none.
  void find_writable() { writes_to_libvirt_ = libvirt_ && libvirt_->is_writable(); }

  [[nodiscard]] Directory& state_directory() { return state_; }
  [[nodiscard]] const Directory& state_directory() const { return state_; }
  /// Nothing unless this is for libvirt.
  [[nodiscard]] const std::optional<Directory>& libvirt_directory() const { return libvirt_; }
  [[nodiscard]] bool writes_to_libvirt() const { return writes_to_libvirt_; }

  [[nodiscard]] StatusFile own_file(std::string_view network) const;
  /// Nothing unless this process writes it.
  [[nodiscard]] std::optional<StatusFile> libvirt_file(std::string_view network) const;
  /// All files of a network that this process writes.
  [[nodiscard]] std::vector<StatusFile> files_of(std::string_view network) const;
  /// The file of a network that is a source in the index; `source` as in Lease.
  [[nodiscard]] StatusFile file_of(std::string_view network, std::string_view source) const;
  /// The file that a lease is to be written in, wherever it is now.
  [[nodiscard]] StatusFile file_for(const Lease& lease) const;

  /// Whether a lease is in a file of ours, or for libvirt in libvirt's, even if this process may not write
  /// that.
  [[nodiscard]] bool owns(const Lease& lease) const;
  /// Whether a lease is in a file that this process writes.
  [[nodiscard]] bool may_write(const Lease& lease) const;

 private:
  Directory state_;
  std::optional<Directory> libvirt_;
  bool writes_to_libvirt_ = false;
};

}  // namespace leases
