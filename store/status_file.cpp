#include "store/status_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <map>
#include <tuple>
#include <utility>

#include "store/file_stamp.h"
#include "store/network_name.h"
#include "store/status_array.h"
#include "store/store_error.h"
#include "util/error.h"
#include "util/log.h"
#include "util/new_file.h"

namespace leases {

namespace {

/// Four million leases; what is larger is not a status file, and must not take all memory.
constexpr std::size_t kLargestStatusFile = std::size_t{1} << 30;

/// Each damaged file is kept once more, and whoever damages one may do so at every event.
constexpr std::size_t kMostAside = 16;

/// Of the files whose names begin so, removes those that were set aside first.
void keep_newest_aside(const Directory& directory, const std::string& prefix, const std::string& newest) {
  std::multimap<std::int64_t, std::string> aside;
  for (const std::string& name : directory.names()) {
    if (!name.starts_with(prefix) || name == newest) continue;
    if (const auto status = directory.status_of(name)) aside.emplace(stamp_of(*status).changed_ns, name);
  }
  for (; aside.size() >= kMostAside; aside.erase(aside.begin()))
    directory.remove_if_there(aside.begin()->second);
}

/// "-20260131T093000Z"
std::string time_suffix() {
  const std::time_t present = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&present, &utc);
  char text[32];
  const std::size_t length = std::strftime(text, sizeof text, "-%Y%m%dT%H%M%SZ", &utc);
  return {text, length};
}

}  // namespace

std::string status_name(std::string_view network) {
  return std::string(network).append(kStatusSuffix);
}

std::vector<std::string> networks_in(const Directory& directory) {
  std::vector<std::string> networks;
  for (const std::string& name : directory.names()) {
    if (!name.ends_with(kStatusSuffix)) continue;
    std::string network = name.substr(0, name.size() - kStatusSuffix.size());
    if (is_network_name(network)) networks.push_back(std::move(network));
  }
  return networks;
}

StatusFile::StatusFile(const Directory& directory, std::string_view network, Owner owner)
    : directory_(&directory), network_(network), name_(status_name(network)), owner_(owner) {
  if (is_libvirts()) source_ = path();
}

std::optional<layout::FileStamp> StatusFile::stamp() const {
  const auto status = directory_->status_of(name_);
  if (!status) return {};
  return stamp_of(*status);
}

StatusFileText StatusFile::text() const {
  return StatusFileText(read());
}

RegularFile StatusFile::read() const {
  return read_regular_file(*directory_, name_, kLargestStatusFile);
}

bool StatusFile::has_record_of(const IpAddress& address) const {
  const StatusFileText present = text();
  if (!may_hold_record(present.view(), address)) return false;
  const auto elements = array_elements(present.view());
  return elements && std::ranges::any_of(*elements, [&](std::string_view element) {
           return address_of_element(element) == address;
         });
}

layout::FileStamp StatusFile::write(std::span<const std::string_view> pieces) const {
  return at_store(directory_->path(), [&] {
    NewFile file(*directory_, name_);
    file.write(pieces);
    file.sync();
    const layout::FileStamp stamp = stamp_of(file.put_in_place());
    directory_->sync();
    return stamp;
  });
}

layout::FileStamp StatusFile::write(const std::vector<Lease>& leases) const {
  const std::string text = status_text(leases);
  return write(std::array{std::string_view(text)});
}

layout::FileStamp StatusFile::edit(const Edit& edit, bool is_damaged, const Leases& leases) const {
  bool is_set_aside = is_damaged;
  if (!is_damaged) {
    const StatusFileText present = text();
    const auto pieces = present.view().empty() ? std::nullopt : edit(present.view());
    if (pieces) return write(*pieces);
    if (present.is_unreadable_file()) {
      log_line(path() + " is not a file that can be read; it is kept as " + set_aside() +
               ", and is written again with the leases that the index has");
    }
    // Libvirt's file may have records that the index does not have.
    is_set_aside = is_libvirts() && !present.view().empty();
  }
  if (is_set_aside) std::ignore = set_aside();
  return write(leases());
}

std::string StatusFile::set_aside() const {
  std::string aside = set_damaged_aside(*directory_, name_);
  keep_newest_aside(*directory_, name_ + ".damaged-", aside);
  return aside;
}

std::string set_damaged_aside(const Directory& directory, const std::string& name, const char* word) {
  const std::string first = name + '.' + word + time_suffix();
  std::string aside = first;
  for (int number = 2; directory.status_of(aside); ++number) aside = first + '-' + std::to_string(number);
  const auto status = directory.status_of(name);
  if (!status) return aside;
  if (S_ISDIR(status->st_mode) || !directory.link(name, aside)) directory.rename(name, aside);
  return aside;
}

}  // namespace leases
