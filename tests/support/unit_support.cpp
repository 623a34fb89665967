#include "tests/support/unit_support.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <tuple>

#include "common/hash.h"
#include "store/status_text.h"

namespace leases {

std::ostream& operator<<(std::ostream& out, const IpAddress& address) {
  return out << IpText(address).view();
}

std::ostream& operator<<(std::ostream& out, const Lease& lease) {
  return out << lease.network << ':' << record_text(lease);
}

bool operator==(const Lease& a, const Lease& b) {
  const auto plain = [](const Lease& lease) {
    return std::tie(lease.network, lease.source, lease.guest_name, lease.address, lease.hardware,
                    lease.hostname, lease.name_refused, lease.domain, lease.iaid, lease.expiry,
                    lease.changed);
  };
  return plain(a) == plain(b) && std::ranges::equal(a.client_id, b.client_id) &&
         std::ranges::equal(a.server_duid, b.server_duid);
}

}  // namespace leases

namespace leases::test {

IpAddress ip(std::string_view text) {
  return parse_ip(text).value();
}

HardwareAddress mac(std::string_view text) {
  return HardwareAddress::parse(text).value();
}

Lease OwnedLease::lease() const {
  Lease lease;
  lease.network = network;
  lease.source = source;
  lease.guest_name = guest_name;
  lease.address = address;
  lease.hardware = hardware;
  lease.hostname = hostname;
  lease.name_refused = name_refused;
  lease.domain = domain;
  lease.client_id = client_id;
  lease.server_duid = server_duid;
  lease.iaid = iaid;
  lease.expiry = {expiry};
  lease.changed = {changed};
  return lease;
}

OwnedLease full_v4() {
  OwnedLease lease;
  lease.address = ip("10.77.1.196");
  lease.hardware = mac("02:00:00:00:00:01");
  lease.hostname = "Alpha";
  lease.domain = "lan.example";
  lease.client_id = {0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x01};
  lease.expiry = 4102444800;
  lease.changed = 1'700'000'000'000'000'001;
  return lease;
}

OwnedLease full_v6() {
  OwnedLease lease;
  lease.address = ip("fd77:1::1a2b");
  lease.hardware = mac("02:00:00:00:00:06");
  lease.hostname = "six";
  lease.domain = "lan.example";
  lease.client_id = {0x00, 0x01, 0x00, 0x01, 0x2a, 0x3b, 0x4c, 0x5d, 0x02, 0x00, 0x00, 0x00, 0x00, 0x06};
  lease.server_duid = {0x00, 0x01, 0x00, 0x01, 0x2a, 0x00, 0x00, 0x01, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
  lease.iaid = Iaid{33554438, false};
  lease.expiry = 4102444801;
  lease.changed = 1'700'000'000'000'000'002;
  return lease;
}

std::vector<Lease> views_of(const std::vector<OwnedLease>& leases) {
  std::vector<Lease> views;
  for (const OwnedLease& lease : leases) views.push_back(lease.lease());
  return views;
}

LeaseChange change_of(const IndexedSource& network, const IpAddress& address,
                      const std::optional<Lease>& before, const std::optional<Lease>& after) {
  return {network, address, before, after};
}

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

BuiltIndex::BuiltIndex(const std::string& snapshot, std::size_t room, std::uint64_t generation)
    : end_(layout::kSnapshotOffset + snapshot.size()) {
  layout::FileHeader header{};
  std::memcpy(header.magic, layout::kMagic, sizeof header.magic);
  header.version = layout::kVersion;
  header.byte_order = layout::kByteOrder;
  header.file_size = end_ + room;
  header.generation = generation;
  header.snapshot_size = snapshot.size();
  bytes_.assign(reinterpret_cast<const char*>(&header), sizeof header);
  bytes_ += snapshot;
  bytes_.resize(header.file_size);
  seal();
}

void BuiltIndex::seal() {
  set(offsetof(layout::FileHeader, checksum), Hash::of(bytes_.data(), layout::kChecksummedBytes));
}

bool BuiltIndex::publish(const std::string& overlay) {
  if (overlay.size() > bytes_.size() - end_) return false;
  bytes_.replace(end_, overlay.size(), overlay);
  set(offsetof(layout::FileHeader, overlay_offset), std::uint64_t{end_});
  end_ += overlay.size();
  return true;
}

IndexView BuiltIndex::view() const {
  IndexImage index;
  if (const IndexFault fault = open(index); fault != IndexFault::none)
    throw std::runtime_error(describe(fault));
  return IndexView::of(index).value();
}

std::optional<layout::NameSlot> slot_of(const Table& table, std::string_view name) {
  const auto position = table.find(CanonicalLabel::parse(name).value());
  if (!position) return {};
  return table.name(*position);
}

std::vector<Lease> leases_of(const IndexView& view, std::string_view name) {
  std::vector<Lease> found;
  if (const auto entry = view.find(CanonicalLabel::parse(name).value())) {
    const layout::NameSlot slot = entry->table->name(entry->position);
    for (std::uint32_t n = 0; n < slot.lease_count; ++n) {
      found.push_back(entry->table->lease(entry->table->position_of(slot, n)));
    }
  }
  return found;
}

namespace {

void append(std::vector<Lease>& found, const IndexView::Records& records) {
  for (std::uint32_t n = 0; n < records.range.count; ++n) {
    found.push_back(records.table->lease(records.range.first + n));
  }
}

}  // namespace

std::vector<Lease> leases_of(const IndexView& view, const IpAddress& address) {
  std::vector<Lease> found;
  append(found, view.find(address));
  return found;
}

std::vector<Lease> enumerated(const IndexView& view) {
  std::vector<Lease> found;
  std::optional<IpAddress> previous;
  for (;;) {
    const IndexView::Records records = view.next(previous);
    if (records.range.count == 0) return found;
    append(found, records);
    previous = found.back().address;
  }
}

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "nss-leases-unit-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path + " cannot be read");
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::string& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  if (!file.flush()) throw std::runtime_error(path + " cannot be written");
}

std::string identity_of(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return "nothing";
  std::string identity;
  for (const auto number :
       {static_cast<long>(status.st_ino), static_cast<long>(status.st_size), status.st_mtim.tv_sec,
        status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec}) {
    identity += std::to_string(number) + ' ';
  }
  return identity;
}

}  // namespace leases::test
