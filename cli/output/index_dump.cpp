#include "cli/output/index_dump.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "cli/output/time_text.h"
#include "common/host_index.h"
#include "common/host_name.h"
#include "common/lookup.h"
#include "common/source_kind.h"
#include "store/client_name.h"
#include "store/network_name.h"
#include "store/status_text.h"
#include "util/hex_text.h"

namespace leases::cli {

namespace {

class Row {
 public:
  explicit Row(std::string section) { object_["section"] = std::move(section); }
  Row(std::string section, std::uint32_t position) : Row(std::move(section)) {
    object_["position"] = position;
  }

  template <typename Value>
  void set(const char* key, const Value& value) {
    object_[key] = value;
  }
  /// `there`: whether the index has the text. `sound`: whether a writer could have written it.
  void set_text(const char* key, std::string_view text, bool there, bool sound) {
    if (!text.empty()) object_[key] = text;
    if (there && !sound) damaged(key);
  }
  void damaged(const char* key) { object_["damaged"].push_back(key); }
  void print(const DumpRow& print) const { print(object_); }

 private:
  nlohmann::ordered_json object_;
};

std::string hex(std::uint64_t number) {
  std::string text(2 * sizeof number, '0');
  for (auto digit = text.rbegin(); digit != text.rend(); ++digit, number >>= 4U)
    *digit = "0123456789abcdef"[number & 0xfU];
  return text;
}

nlohmann::ordered_json stamp_json(const layout::FileStamp& stamp) {
  return {{"device", stamp.device},
          {"inode", stamp.inode},
          {"size", stamp.size},
          {"modified-ns", stamp.modified_ns},
          {"changed-ns", stamp.changed_ns}};
}

/// One table of the index. `section` is its name: "snapshot" or "overlay".
class TableDump {
 public:
  TableDump(const Table& table, std::string section, const DumpRow& print)
      : table_(table), section_(std::move(section)), print_(print) {}

  void dump() const {
    Row row(section_);
    row.set("size", table_.size());
    row.set("newest-change", decimal_time(table_.newest_change()));
    row.set("names", table_.name_count());
    row.set("leases", table_.lease_count());
    row.set("sources", table_.source_count());
    row.set("guests", table_.guest_count());
    row.print(print_);
    for (std::uint32_t i = 0; i < table_.name_count(); ++i) dump_name(i);
    for (std::uint32_t i = 0; i < table_.lease_count(); ++i) dump_lease(i);
    for (std::uint32_t i = 0; i < table_.source_count(); ++i) dump_source(i);
    for (std::uint32_t i = 0; i < table_.guest_count(); ++i) dump_guest(i);
  }

 private:
  void dump_name(std::uint32_t position) const {
    const layout::NameSlot slot = table_.name(position);
    const std::string_view name = table_.name_of(slot);
    const auto label = CanonicalLabel::parse(name);
    Row row(section_ + "-name", position);
    row.set_text("name", name, true, label && name == table_.text(slot.name_offset, slot.name_length));
    row.set("hash", hex(slot.hash));
    if (label && label->hash() != slot.hash) row.damaged("hash");
    auto addresses = nlohmann::ordered_json::array();
    for (std::uint32_t n = 0; n < std::min(slot.lease_count, kMaxAddresses); ++n)
      addresses.push_back(IpText(Table::address_of(table_.record(table_.position_of(slot, n)))).view());
    row.set("addresses", addresses);
    if (!has_sound_addresses(slot)) row.damaged("addresses");
    row.set("full-name", (slot.flags & layout::kFullName) != 0);
    row.print(print_);
  }

  /// Only an overlay has names that are gone. The slot of a name with one lease repeats its address.
  [[nodiscard]] bool has_sound_addresses(const layout::NameSlot& slot) const {
    if (slot.lease_count == 0) return section_ != "snapshot";
    const auto record = table_.record(table_.position_of(slot, 0));
    return slot.lease_count > 1 || Table::address_of(slot) == Table::address_of(record);
  }

  void dump_lease(std::uint32_t position) const {
    const layout::LeaseRecord record = table_.record(position);
    const Lease lease = table_.lease(position);
    Row row(section_ + "-lease", position);
    row.set("address", IpText(lease.address).view());
    if (record.family != 4 && record.family != 6) row.damaged("address");
    row.set("gone", (record.flags & layout::kGone) != 0);
    if ((record.flags & layout::kGone) == 0) set_lease(row, record, lease);
    row.print(print_);
  }

  void set_lease(Row& row, const layout::LeaseRecord& record, const Lease& lease) const {
    row.set_text("network", lease.network, true, is_network_name(lease.network));
    row.set_text("source", lease.source, !lease.source.empty(), lease.source.starts_with('/'));
    row.set_text("hostname", lease.hostname, record.hostname_length > 0,
                 is_sound_name(lease) && lease.hostname == table_.name_of(record));
    row.set("refused", lease.name_refused);
    row.set("short-name", lease.short_name);
    row.set("reserved", lease.reserved);
    row.set_text("domain", lease.domain, record.domain_length > 0, is_domain_name(lease.domain));
    row.set_text("guest", lease.guest_name, !lease.guest_name.empty(), is_domain_name(lease.guest_name));
    if (lease.hardware) row.set("mac-address", HardwareText(*lease.hardware).view());
    set_identifier(row, "client-id", lease.client_id);
    set_identifier(row, "server-duid", lease.server_duid);
    if (lease.iaid) row.set("iaid", IaidText(*lease.iaid).view());
    row.set("expiry-time", lease.expiry.seconds);
    row.set("last-change", decimal_time(lease.changed));
    if (lease.changed > table_.newest_change()) row.damaged("last-change");
  }

  static bool is_sound_name(const Lease& lease) {
    return is_host_label(lease.hostname) || (lease.name_refused && is_client_name(lease.hostname));
  }

  static void set_identifier(Row& row, const char* key, std::span<const std::uint8_t> bytes) {
    row.set_text(key, hex_text(bytes), !bytes.empty(), bytes.size() <= kMaxIdentifier);
  }

  void dump_source(std::uint32_t position) const {
    const layout::SourceRecord record = table_.source(position);
    const std::string_view network = table_.network_of(position);
    const std::string_view path = table_.path_of(position);
    const SourceProperties kind = properties_of(static_cast<SourceKind>(record.kind));
    Row row(section_ + "-source", position);
    row.set_text("network", network, true, is_network_name(network) || (kind.has_guests && network.empty()));
    row.set_text("path", path, !path.empty(), path.starts_with('/'));
    row.set("kind", kind.name);
    const std::string_view domain = table_.domain_of_source(position);
    row.set_text("domain", domain, record.domain_length > 0, is_domain_name(domain));
    row.set("whole", (record.flags & layout::kSourceDamaged) == 0);
    row.set("content", hex(record.content));
    row.set("stamp", stamp_json(record.stamp));
    row.print(print_);
  }

  void dump_guest(std::uint32_t position) const {
    const layout::GuestRecord record = table_.guest(position);
    const std::string_view name = table_.text(record.name_offset, record.name_length);
    Row row(section_ + "-guest", position);
    row.set("mac-address", HardwareText(Table::hardware_of(record)).view());
    row.set_text("guest", name, true, is_domain_name(name));
    row.set("source", record.source);
    row.print(print_);
  }

  const Table& table_;
  std::string section_;
  const DumpRow& print_;
};

}  // namespace

IndexFault dump_index(std::span<const std::byte> file, const DumpRow& print) {
  IndexImage index;
  const IndexFault fault = IndexImage::open(file, index);
  if (fault != IndexFault::none) return fault;
  const auto view = IndexView::of(index);
  Row header("header");
  header.set("size", file.size());
  header.set("version", layout::kVersion);
  header.set("generation", index.generation());
  header.set("overlay-offset", index.overlay_offset());
  header.set("superseded", index.superseded());
  if (!view) header.damaged("overlay-offset");
  header.print(print);

  TableDump(index.snapshot(), "snapshot", print).dump();
  if (view && index.overlay_offset() != 0) TableDump(view->overlay(), "overlay", print).dump();
  return IndexFault::none;
}

}  // namespace leases::cli
