#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "common/hash.h"
#include "common/host_index.h"
#include "store/overlay.h"
#include "store/table_builder.h"

/// A few leases, and an index of them, as the program writes it.
namespace leases::fuzz {

inline const std::vector<std::uint8_t> kIdentifier{0, 1, 0, 1, 0x2f, 0x5c, 2, 0, 0, 1};

inline Lease lease_of(const char* network, const char* address, const char* name, std::uint64_t changed) {
  Lease lease;
  lease.network = network;
  lease.address = *parse_ip(address);
  lease.hardware = HardwareAddress::parse("52:54:00:12:34:56");
  lease.hostname = name;
  lease.domain = *name == 'b' ? "" : "lab";
  lease.changed = {changed};
  lease.client_id = kIdentifier;
  if (lease.address.family == Family::v6) {
    lease.iaid = Iaid{7, true};
    lease.server_duid = kIdentifier;
  }
  lease.expiry = {*name == 'g' ? 1000U : 0U};
  return lease;
}

inline std::vector<Lease> few_leases() {
  return {lease_of("br0", "10.77.1.1", "alpha", 1),
          lease_of("br0", "fd00:77::1", "alpha", 2),
          lease_of("br0", "10.77.1.2", "twin", 3),
          lease_of("br1", "10.77.1.2", "twin", 4),
          lease_of("br0", "10.77.1.3", "gone", 5),
          lease_of("br0", "10.77.1.4", "bare", 6),
          lease_of("br0", "10.77.1.7", "one-with-a-long-name-of-38-bytes-in-all", 7)};
}

/// The bytes of an index with these leases.
inline std::string index_with(const std::vector<Lease>& snapshot, bool with_overlay) {
  const TableInput contents{snapshot, {{"br0", {}}, {"br1", {}}}, {9}, {}};
  const std::string table = build_table(contents);
  layout::FileHeader header{};
  std::memcpy(header.magic, layout::kMagic, sizeof header.magic);
  header.version = layout::kVersion;
  header.byte_order = layout::kByteOrder;
  header.snapshot_size = table.size();
  std::string bytes(sizeof header, '\0');
  bytes += table;
  if (with_overlay) {
    IndexImage index;
    header.file_size = bytes.size();
    header.checksum = Hash::of(&header, layout::kChecksummedBytes);
    std::memcpy(bytes.data(), &header, sizeof header);
    IndexImage::open(std::as_bytes(std::span(bytes)), index);
    const Lease changed = lease_of("br0", "10.77.1.5", "alpha", 10);
    header.overlay_offset = bytes.size();
    bytes += build_table(next_overlay(*IndexView::of(index), {{"br0", {}}, changed.address, {}, changed}));
  }
  header.file_size = bytes.size();
  header.checksum = Hash::of(&header, layout::kChecksummedBytes);
  std::memcpy(bytes.data(), &header, sizeof header);
  return bytes;
}

}  // namespace leases::fuzz
