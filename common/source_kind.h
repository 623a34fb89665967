#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace leases {

/// The kind of file that leases, or names of guests, are read from. The numbers are part of the index
/// (schema/index-layout.md): they never change.
enum class SourceKind : std::uint8_t {
  status = 0,  ///< a network's own status file in the state directory: the truth, written by leaseshelper
  libvirt_status = 1,    ///< libvirt's `<bridge>.status`, written by its leaseshelper
  dnsmasq_leases = 2,    ///< dnsmasq's own lease file
  mac_map = 3,           ///< the guest of each MAC address: libvirt's `<bridge>.macs`
  kea_leases = 4,        ///< Kea's memfile, for either family
  isc_dhcpd_leases = 5,  ///< ISC dhcpd's dhcpd.leases, for either family
  networkd = 6,          ///< systemd-networkd's file of what its DHCP server leased
  dhcp_hosts = 7,        ///< dnsmasq's reservations: its configuration, or libvirt's `<network>.hostsfile`
  shared_status = 8,     ///< another host's leases: `<host>/<network>.status`, written by leases-share
};

/// What sets one kind of source apart from the others.
struct SourceProperties {
  SourceKind kind;
  /// In a dump of the index; also in the configuration if `is_configurable`.
  std::string_view name;
  /// A [[source]] of the configuration may have this kind. Its path then leads to such files.
  bool is_configurable = false;
  /// The end of such a file's name in libvirt's directory, after the network; empty: there are none.
  std::string_view libvirt_suffix{};
  /// The store's own file: it has no path in the index.
  bool is_own = false;
  /// It has names of guests, and no leases. It may be for all networks.
  bool has_guests = false;
  /// Its writer empties the file and fills it again, so it may be found without its end. The writers of the
  /// other kinds rename a whole file into its place, or append to it.
  bool is_written_in_place = false;
  /// Its writer is dnsmasq itself, which can be looked at while it writes.
  bool is_dnsmasqs = false;
  /// It says something even if there is no lease, so an empty file is a damaged one.
  bool is_never_empty = false;
  /// A log: its writer appends to it, and begins a shorter one in its place from time to time. It says of
  /// each address that is no longer leased that it is not, so a file without an address is not all of a file.
  bool is_log = false;
  /// A log of lines, the first of which says how to read the others: what is appended can be read by itself.
  bool is_read_by_lines = false;
  /// The ends of the names of files beside it that say what it said before, where its writer has them. Where
  /// the first of these is there, it says what the others did, and they do not count.
  std::array<std::string_view, 3> beside{};
  /// Its writer removes it when the network is undefined.
  bool is_removed_with_network = false;
  /// Its leases are another host's, and its network is called HOST:NETWORK.
  bool is_of_other_host = false;

  [[nodiscard]] constexpr bool has_one_file() const { return beside[0].empty(); }
};

/// Every kind. A new one is an enumerator above, a row here, and its parser in import/source_parsers.cpp.
inline constexpr std::array kSourceKinds{
    SourceProperties{.kind = SourceKind::status, .name = "status", .is_own = true},
    SourceProperties{.kind = SourceKind::libvirt_status,
                     .name = "libvirt-status",
                     .libvirt_suffix = ".status",
                     .is_removed_with_network = true},
    SourceProperties{.kind = SourceKind::dnsmasq_leases,
                     .name = "dnsmasq-leases",
                     .is_configurable = true,
                     .is_written_in_place = true,
                     .is_dnsmasqs = true},
    SourceProperties{.kind = SourceKind::mac_map,
                     .name = "mac-map",
                     .is_configurable = true,
                     .libvirt_suffix = ".macs",
                     .has_guests = true},
    SourceProperties{.kind = SourceKind::kea_leases,
                     .name = "kea-leases",
                     .is_configurable = true,
                     .is_log = true,
                     .is_read_by_lines = true,
                     .beside = {".completed", ".2", ".1"}},
    SourceProperties{.kind = SourceKind::isc_dhcpd_leases,
                     .name = "isc-dhcpd-leases",
                     .is_configurable = true,
                     .is_log = true},
    SourceProperties{
        .kind = SourceKind::networkd, .name = "networkd", .is_configurable = true, .is_never_empty = true},
    SourceProperties{.kind = SourceKind::dhcp_hosts,
                     .name = "dhcp-hosts",
                     .is_configurable = true,
                     .is_written_in_place = true},
    SourceProperties{.kind = SourceKind::shared_status,
                     .name = "shared-status",
                     .is_configurable = true,
                     .is_of_other_host = true},
};

/// The row of a kind. A kind without one, which only a damaged index has, is called "unknown" and has none of
/// the properties.
constexpr SourceProperties properties_of(SourceKind kind) {
  for (const SourceProperties& row : kSourceKinds) {
    if (row.kind == kind) return row;
  }
  return {.kind = kind, .name = "unknown"};
}

}  // namespace leases
