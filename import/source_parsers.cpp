#include "import/source_parsers.h"

#include <algorithm>
#include <array>

#include "import/dhcp_hosts.h"
#include "import/dnsmasq_leases.h"
#include "import/isc_dhcpd_leases.h"
#include "import/kea_leases.h"
#include "import/mac_map.h"
#include "import/networkd_leases.h"
#include "import/status_parser.h"

namespace leases {

namespace {

struct SourceParser {
  SourceKind kind;
  ParsedFile (*parse)(const SourceText& source);
};

template <ParsedFile (*parse)(std::string_view text, std::string_view network, ChangeTime modified)>
ParsedFile parse_leases(const SourceText& source) {
  return parse(source.text, source.network, source.modified);
}

ParsedFile parse_lease_file(const SourceText& source) {
  return parse_dnsmasq_leases(source.text, source.network, source.modified, source.most_records);
}

ParsedFile parse_reservations(const SourceText& source) {
  return parse_dhcp_hosts(source.text, source.network);
}

ParsedFile parse_guests(const SourceText& source) {
  return parse_mac_map(source.text);
}

/// The parser of every kind, in the order of kSourceKinds.
constexpr std::array kSourceParsers{
    SourceParser{SourceKind::status, parse_leases<parse_status>},
    SourceParser{SourceKind::libvirt_status, parse_leases<parse_status>},
    SourceParser{SourceKind::dnsmasq_leases, parse_lease_file},
    SourceParser{SourceKind::mac_map, parse_guests},
    SourceParser{SourceKind::kea_leases, parse_kea_leases},
    SourceParser{SourceKind::isc_dhcpd_leases, parse_isc_dhcpd_leases},
    SourceParser{SourceKind::networkd, parse_networkd_leases},
    SourceParser{SourceKind::dhcp_hosts, parse_reservations},
    SourceParser{SourceKind::shared_status, parse_leases<parse_shared_status>},
};

static_assert(std::ranges::equal(kSourceParsers, kSourceKinds, {}, &SourceParser::kind,
                                 &SourceProperties::kind),
              "every kind of source has a parser");

}  // namespace

ParsedFile parse_source(SourceKind kind, const SourceText& source) {
  ParsedFile file = std::ranges::find(kSourceParsers, kind, &SourceParser::kind)->parse(source);
  check_count(file.leases.size(), source.most_records);
  check_count(file.guests.size(), source.most_records);
  return file;
}

}  // namespace leases
