#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/hex_bytes.h"
#include "import/status_parser.h"
#include "store/overlay.h"
#include "store/status_text.h"
#include "store/writable_index.h"
#include "tests/support/built_index.h"
#include "tests/support/files.h"
#include "tests/support/owned_lease.h"

namespace leases::test {

namespace {

const std::string kIndexPath = std::string(NSS_LEASES_TEST_DATA) + "/hosts-v1.idx.hex";
/// As release 0.2.0 wrote it, which did not know the flags of names.
const std::string kEarlierIndexPath = std::string(NSS_LEASES_TEST_DATA) + "/hosts-v1-0.2.idx.hex";
const std::string kStatusPath = std::string(NSS_LEASES_TEST_DATA) + "/lease-status-v1.status";

/// Everything that a record can have, in two networks.
std::vector<OwnedLease> stored_leases() {
  OwnedLease temporary = full_v6();
  temporary.address = ip("fd77:1::9");
  temporary.hardware.reset();
  temporary.hostname = "alpha";
  temporary.domain.clear();
  temporary.iaid = Iaid{9, true};
  temporary.expiry = 0;
  temporary.changed += 1;
  OwnedLease refused = full_v4();
  refused.network = "lab";
  refused.address = ip("10.88.0.2");
  refused.hardware = mac("06-02:00:00:00:00:01");
  refused.hostname = "LocalHost";
  refused.name_refused = true;
  refused.changed += 3;
  OwnedLease bare;
  bare.network = "lab";
  bare.address = ip("10.88.0.3");
  bare.hardware = mac("20-");
  bare.expiry = 4102444800;
  bare.changed = refused.changed + 1;
  OwnedLease of_guest;
  of_guest.network = "virbr0";
  of_guest.source = "/var/lib/libvirt/dnsmasq/virbr0.status";
  of_guest.address = ip("192.168.122.9");
  of_guest.hardware = mac("52:54:00:00:00:09");
  of_guest.guest_name = "Six.example";
  of_guest.hostname = "ubuntu";
  of_guest.expiry = 4102444800;
  of_guest.changed = bare.changed - 100;
  return {full_v4(), full_v6(), temporary, refused, bare, of_guest};
}

/// The files that they come from, and the map that names the guest.
std::vector<IndexedSource> stored_sources() {
  const std::string directory = "/var/lib/libvirt/dnsmasq/";
  return {
      {"br0", {1, 2, 3, 4, 5}},
      {"lab", {1, 6, 7, 8, 9}},
      {"virbr0", {1, 20, 21, 22, 23}, SourceKind::libvirt_status, directory + "virbr0.status", 24, true},
      {"virbr0", {1, 25, 26, 27, 28}, SourceKind::mac_map, directory + "virbr0.macs", 29},
  };
}

/// Only a status file's own leases stand in it.
std::vector<OwnedLease> leases_in_status_file() {
  std::vector<OwnedLease> leases = stored_leases();
  leases.pop_back();
  return leases;
}

/// What the overlay changes: "Alpha" is called "beta" now, and 10.88.0.3 is free.
OwnedLease renamed_lease() {
  OwnedLease renamed = full_v4();
  renamed.hostname = "beta";
  renamed.changed += 10;
  return renamed;
}

struct IndexBytes {
  std::string header;
  std::string snapshot;
  std::string overlays;

  [[nodiscard]] std::string all() const { return header + snapshot + overlays; }
};

/// Written by the code that writes the index, in a directory of its own.
IndexBytes bytes_written_today() {
  const TemporaryDirectory place;
  const Directory directory = Directory::open_or_create(place.path());
  const std::vector<OwnedLease> leases = stored_leases();
  const std::vector<IndexedSource> sources = stored_sources();
  const OwnedLease& freed = leases[4];
  const std::string snapshot =
      build_table({views_of(leases),
                   sources,
                   {freed.changed},
                   {},
                   {{mac("52:54:00:00:00:09"), "Six.example", sources.back().network, sources.back().path}}});
  std::string problem;
  std::optional<WritableIndex> file;
  WritableIndex::replace(directory, snapshot, file);
  file = WritableIndex::open(directory, problem);
  REQUIRE_MESSAGE(file, problem);

  const OwnedLease before = full_v4();
  const OwnedLease after = renamed_lease();
  const auto publish = [&](const LeaseChange& change) {
    REQUIRE(file->publish(build_table(next_overlay(IndexView::of(file->index()).value(), change))));
  };
  publish(change_of({"br0", {1, 10, 11, 12, 13}}, before.address, before.lease(), after.lease()));
  publish(change_of({"lab", {1, 14, 15, 16, 17}}, freed.address, freed.lease(), {}));

  std::string bytes = read_file(directory.path_of(kIndexName));
  const std::size_t behind_snapshot = layout::kSnapshotOffset + snapshot.size();
  const std::uint64_t offset = file->index().overlay_offset();
  const std::size_t end = offset + IndexView::of(file->index())->overlay().size();
  CHECK(std::all_of(bytes.begin() + static_cast<std::ptrdiff_t>(end), bytes.end(),
                    [](char c) { return c == 0; }));
  return {bytes.substr(0, layout::kSnapshotOffset), bytes.substr(layout::kSnapshotOffset, snapshot.size()),
          bytes.substr(behind_snapshot, end - behind_snapshot)};
}

std::string hex_lines(std::string_view title, std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text = "# " + std::string(title) + '\n';
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    text += kDigits[static_cast<unsigned char>(bytes[i]) >> 4];
    text += kDigits[static_cast<unsigned char>(bytes[i]) & 15];
    if (i % 32 == 31 || i + 1 == bytes.size()) {
      text += '\n';
    } else if (i % 8 == 7) {
      text += ' ';
    }
  }
  return text;
}

std::string hex_text(const IndexBytes& bytes) {
  return hex_lines("header", bytes.header) + hex_lines("snapshot", bytes.snapshot) +
         hex_lines("overlays, the second in force; zeros from here to the end of the file", bytes.overlays);
}

/// The stored file as it was on disk.
std::string stored_index(const std::string& path) {
  std::istringstream lines(read_file(path));
  std::string digits;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with('#')) digits += line;
  }
  std::erase(digits, ' ');
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(hex_digit(digits[i]).value() << 4 | hex_digit(digits[i + 1]).value());
  }
  layout::FileHeader header;
  REQUIRE(bytes.copy(reinterpret_cast<char*>(&header), sizeof header) == sizeof header);
  bytes.resize(header.file_size);
  return bytes;
}

}  // namespace

TEST_SUITE_BEGIN("stored_bytes");

TEST_CASE("today's writer gives exactly the bytes that are stored") {
  INFO("if the layout changed, raise its version, keep this file for the old one and store another");
  CHECK(hex_text(bytes_written_today()) == read_file(kIndexPath));
}

TEST_CASE("a stored index gives the right answers") {
  std::string path = kIndexPath;
  SUBCASE("of this release") {}
  SUBCASE("of an earlier one") {
    path = kEarlierIndexPath;
  }
  const std::string bytes = stored_index(path);
  IndexImage index;
  REQUIRE(IndexImage::open(bytes_of(bytes), index) == IndexFault::none);
  CHECK(index.generation() == 1);
  CHECK_FALSE(index.superseded());
  const IndexView view = IndexView::of(index).value();

  std::vector<OwnedLease> expected = stored_leases();
  CHECK(leases_of(view, "alpha") == std::vector{expected[2].lease()});
  CHECK(leases_of(view, "BETA") == std::vector{renamed_lease().lease()});
  CHECK(leases_of(view, "six") == std::vector{expected[1].lease(), expected[5].lease()});
  CHECK(leases_of(view, "ubuntu") == std::vector{expected[5].lease()});
  CHECK(leases_of(view, "localhost").empty());
  CHECK(leases_of(view, full_v4().address) == std::vector{renamed_lease().lease()});
  CHECK(leases_of(view, ip("10.88.0.2")) == std::vector{expected[3].lease()});
  CHECK(leases_of(view, ip("10.88.0.3")).empty());
  CHECK(enumerated(view).size() == 5);
  CHECK(view.snapshot().guest_name(mac("52:54:00:00:00:09"), "virbr0") == "Six.example");
  CHECK(view.snapshot().guest_name(mac("52:54:00:00:00:09"), "br0").empty());
  CHECK(view.newest_change() == ChangeTime{1'700'000'000'000'000'011});

  CHECK(view.snapshot().network_of(0) == "br0");
  CHECK(view.snapshot().source(0).stamp == layout::FileStamp{1, 2, 3, 4, 5});
  const IndexedSource damaged = source_of(view.snapshot(), 3);
  CHECK(damaged.is("virbr0", stored_sources()[2].path));
  CHECK(damaged.kind == SourceKind::libvirt_status);
  CHECK(damaged.content == 24);
  CHECK(damaged.damaged);
  CHECK(view.overlay().source(0).stamp == layout::FileStamp{1, 10, 11, 12, 13});
  CHECK(view.overlay().source(1).stamp == layout::FileStamp{1, 14, 15, 16, 17});
}

TEST_CASE("today's writer gives exactly the status file that is stored") {
  CHECK(status_text(views_of(leases_in_status_file())) == read_file(kStatusPath));
}

TEST_CASE("the stored status file gives the right leases") {
  const ParsedFile parsed = parse_status(read_file(kStatusPath), "br0", {});
  CHECK(parsed.damage.empty());
  std::vector<OwnedLease> expected = leases_in_status_file();
  for (OwnedLease& lease : expected) lease.network = "br0";
  CHECK(parsed.leases == views_of(expected));
}

/// Not a test: `unit_tests --no-skip --test-case="write *"` makes tests/data anew after a change of the
/// layout.
TEST_CASE("write the stored files" * doctest::skip()) {
  write_file(kIndexPath, hex_text(bytes_written_today()));
  write_file(kStatusPath, status_text(views_of(leases_in_status_file())));
}

TEST_SUITE_END();

}  // namespace leases::test
