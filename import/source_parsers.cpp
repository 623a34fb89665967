#include "import/source_parsers.h"

#include <algorithm>
#include <array>

#include "import/dnsmasq_leases.h"
#include "import/mac_map.h"
#include "import/status_parser.h"

namespace leases {

namespace {

struct SourceParser {
  SourceKind kind;
  ParsedFile (*parse)(std::string_view text, std::string_view network, ChangeTime modified);
};

ParsedFile parse_guests(std::string_view text, std::string_view, ChangeTime) {
  return parse_mac_map(text);
}

/// The parser of every kind, in the order of kSourceKinds.
constexpr std::array kSourceParsers{
    SourceParser{SourceKind::status, parse_status},
    SourceParser{SourceKind::libvirt_status, parse_status},
    SourceParser{SourceKind::dnsmasq_leases, parse_dnsmasq_leases},
    SourceParser{SourceKind::mac_map, parse_guests},
};

static_assert(std::ranges::equal(kSourceParsers, kSourceKinds, {}, &SourceParser::kind,
                                 &SourceProperties::kind),
              "every kind of source has a parser");

}  // namespace

ParsedFile parse_source(SourceKind kind, std::string_view text, std::string_view network,
                        ChangeTime modified) {
  return std::ranges::find(kSourceParsers, kind, &SourceParser::kind)->parse(text, network, modified);
}

}  // namespace leases
