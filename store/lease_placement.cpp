#include "store/lease_placement.h"

namespace leases {

StatusFile LeasePlacement::own_file(std::string_view network) const {
  return {state_, network};
}

std::optional<StatusFile> LeasePlacement::libvirt_file(std::string_view network) const {
  if (!writes_to_libvirt_) return {};
  return StatusFile(*libvirt_, network, StatusFile::Owner::libvirt);
}

std::vector<StatusFile> LeasePlacement::files_of(std::string_view network) const {
  std::vector<StatusFile> files;
  if (auto file = libvirt_file(network)) files.push_back(std::move(*file));
  files.push_back(own_file(network));
  return files;
}

StatusFile LeasePlacement::file_of(std::string_view network, std::string_view source) const {
  return source.empty() ? own_file(network) : StatusFile(*libvirt_, network, StatusFile::Owner::libvirt);
}

/// libnss_libvirt answers nothing at all when it meets a lease without a MAC address.
StatusFile LeasePlacement::file_for(const Lease& lease) const {
  auto file = lease.hardware ? libvirt_file(lease.network) : std::nullopt;
  return file ? std::move(*file) : own_file(lease.network);
}

bool LeasePlacement::owns(const Lease& lease) const {
  return lease.source.empty() || (libvirt_ && lease.source == libvirt_->path_of(status_name(lease.network)));
}

bool LeasePlacement::may_write(const Lease& lease) const {
  return lease.source.empty() || (writes_to_libvirt_ && owns(lease));
}

}  // namespace leases
