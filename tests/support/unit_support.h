#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/address.h"
#include "common/host_index.h"
#include "common/lease.h"
#include "store/overlay.h"
#include "store/table_builder.h"

namespace leases {

std::ostream& operator<<(std::ostream& out, const IpAddress& address);
std::ostream& operator<<(std::ostream& out, const Lease& lease);
/// Equal in all that a lease has.
bool operator==(const Lease& a, const Lease& b);

}  // namespace leases

namespace leases::test {

/// An address that is known to be one.
IpAddress ip(std::string_view text);
HardwareAddress mac(std::string_view text);

/// A lease that owns its texts. What is not set is not there.
struct OwnedLease {
  std::string network = "br0";
  std::string source;
  IpAddress address;
  std::optional<HardwareAddress> hardware;
  std::string guest_name;
  std::string hostname;
  bool name_refused = false;
  std::string domain;
  std::vector<std::uint8_t> client_id;
  std::vector<std::uint8_t> server_duid;
  std::optional<Iaid> iaid;
  std::uint64_t expiry = 0;
  std::uint64_t changed = 0;

  /// Valid as long as this object is.
  [[nodiscard]] Lease lease() const;
};

/// An IPv4 and an IPv6 lease in which nothing is missing.
OwnedLease full_v4();
OwnedLease full_v6();

std::vector<Lease> views_of(const std::vector<OwnedLease>& leases);

LeaseChange change_of(const IndexedSource& network, const IpAddress& address,
                      const std::optional<Lease>& before, const std::optional<Lease>& after);

std::span<const std::byte> bytes_of(const std::string& text);

/// What hosts.idx has in it, in memory: what WritableIndex writes to disk, without the disk.
class BuiltIndex {
 public:
  explicit BuiltIndex(const std::string& snapshot, std::size_t room = 1 << 20, std::uint64_t generation = 1);

  /// Appends an overlay. False if there is no room.
  bool publish(const std::string& overlay);
  [[nodiscard]] IndexFault open(IndexImage& index) const { return IndexImage::open(bytes_of(bytes_), index); }
  /// The view of an image that is sound.
  [[nodiscard]] IndexView view() const;

  /// For damaging it.
  [[nodiscard]] std::string& bytes() { return bytes_; }
  template <typename T>
  void set(std::size_t offset, T value) {
    bytes_.replace(offset, sizeof value, reinterpret_cast<const char*>(&value), sizeof value);
  }
  /// Makes the header's checksum right again.
  void seal();

 private:
  std::string bytes_;
  std::size_t end_;
};

/// The slot of a name in one table.
std::optional<layout::NameSlot> slot_of(const Table& table, std::string_view name);

/// The leases that a view has for a name or an address, and all of them as an enumeration meets them.
std::vector<Lease> leases_of(const IndexView& view, std::string_view name);
std::vector<Lease> leases_of(const IndexView& view, const IpAddress& address);
std::vector<Lease> enumerated(const IndexView& view);

/// A directory of its own, which goes with this object.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string path_of(std::string_view name) const { return path_ + '/' + std::string(name); }

 private:
  std::string path_;
};

std::string read_file(const std::string& path);
void write_file(const std::string& path, std::string_view text);
/// Inode, size and the times of a file: the same only if it was not written in between.
std::string identity_of(const std::string& path);

}  // namespace leases::test
