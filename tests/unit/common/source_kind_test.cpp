#include "common/source_kind.h"

#include <doctest/doctest.h>

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace leases::test {

namespace {

/// Whether SourceKind has an enumerator with a number. The compiler writes a value in the name of a function
/// as `leases::SourceKind::mac_map` if it has a name, else as `(leases::SourceKind)9`.
template <SourceKind kind>
constexpr bool has_enumerator() {
  return std::string_view(__PRETTY_FUNCTION__).find("= (") == std::string_view::npos;
}

/// The numbers of all enumerators, as text.
template <std::size_t... numbers>
std::string enumerators(std::index_sequence<numbers...>) {
  std::string text;
  ((text += has_enumerator<static_cast<SourceKind>(numbers)>() ? std::to_string(numbers) + ' ' : ""), ...);
  return text;
}

}  // namespace

TEST_SUITE_BEGIN("source_kind");

TEST_CASE("every kind has one row, in the order of the numbers") {
  std::string rows;
  for (const SourceProperties& row : kSourceKinds) rows += std::to_string(static_cast<int>(row.kind)) + ' ';
  CHECK(rows == enumerators(std::make_index_sequence<256>()));
}

TEST_CASE("the numbers in the index stay what they are") {
  CHECK(static_cast<int>(SourceKind::status) == 0);
  CHECK(static_cast<int>(SourceKind::libvirt_status) == 1);
  CHECK(static_cast<int>(SourceKind::dnsmasq_leases) == 2);
  CHECK(static_cast<int>(SourceKind::mac_map) == 3);
  CHECK(static_cast<int>(SourceKind::kea_leases) == 4);
  CHECK(static_cast<int>(SourceKind::isc_dhcpd_leases) == 5);
  CHECK(static_cast<int>(SourceKind::networkd) == 6);
  CHECK(static_cast<int>(SourceKind::dhcp_hosts) == 7);
  CHECK(static_cast<int>(SourceKind::shared_status) == 8);
}

TEST_CASE("names and libvirt's suffixes are unique") {
  // What a [[source]] calls libvirt's directory, and what a dump calls a kind without a row.
  std::set<std::string_view> names{"libvirt", "unknown"};
  std::set<std::string_view> suffixes;
  for (const SourceProperties& row : kSourceKinds) {
    CAPTURE(row.name);
    CHECK_FALSE(row.name.empty());
    CHECK(names.insert(row.name).second);
    if (!row.libvirt_suffix.empty()) CHECK(suffixes.insert(row.libvirt_suffix).second);
  }
}

TEST_CASE("a kind is found by its number") {
  for (const SourceProperties& row : kSourceKinds) CHECK(properties_of(row.kind).name == row.name);
}

TEST_CASE("an unknown kind has no properties") {
  const SourceProperties unknown = properties_of(SourceKind{200});
  CHECK(unknown.name == "unknown");
  CHECK_FALSE(unknown.is_configurable);
  CHECK_FALSE(unknown.is_own);
  CHECK_FALSE(unknown.has_guests);
  CHECK_FALSE(unknown.is_written_in_place);
  CHECK_FALSE(unknown.is_never_empty);
  CHECK_FALSE(unknown.is_log);
  CHECK_FALSE(unknown.is_read_by_lines);
  CHECK(unknown.has_one_file());
  CHECK_FALSE(unknown.is_removed_with_network);
  CHECK_FALSE(unknown.is_of_other_host);
}

TEST_SUITE_END();

}  // namespace leases::test
