/// An index whose header is always right, so that every change reaches the tables after it: how readers read
/// them, what the hook of systemd-resolved makes of them, and how the writer goes on from there.

#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/hash.h"
#include "resolve/hook_answer.h"
#include "resolve/query_filter.h"
#include "store/overlay.h"
#include "store/table_builder.h"
#include "tests/fuzz/read_everything.h"
#include "tests/support/dns_records.h"

namespace {

using namespace leases;

constexpr std::size_t kLargest = 0x40000;

/// From a damaged index, the writer makes an index that can be read, or an error.
void check_rewritten(const TableInput& contents) {
  std::string bytes;
  try {
    bytes = build_table(contents);
  } catch (const std::runtime_error&) {
    return;
  }
  const auto table = Table::open(std::as_bytes(std::span(bytes)));
  fuzz::require(table.has_value());
  for (std::uint32_t i = 0; i < table->lease_count(); ++i) fuzz::touch(table->lease(i));
}

void write_on(const IndexView& view) {
  Lease lease;
  lease.network = "br0";
  lease.address = *parse_ip("10.77.1.1");
  lease.hostname = "alpha";
  lease.changed = {view.newest_change().nanoseconds + 1};
  const LeaseChange change{{"br0", {}}, lease.address, std::nullopt, lease};
  check_rewritten(next_overlay(view, change));
  check_rewritten(next_snapshot(view, change));
}

/// Whatever is in the index, the hook sends JSON and resource records.
void ask_hook(const IndexView& view, EpochSeconds now) {
  fuzz::touch(resolve::query_filter(view).dump());
  for (const char* name : {"alpha", "alpha.lab", "1.1.77.10.in-addr.arpa"}) {
    const auto records = resolve::answer_of(view, now, {{1, 255, name}});
    if (records) test::parsed_records(*records);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < sizeof(layout::FileHeader) + sizeof(layout::TableHeader) || size > kLargest) return 0;
  std::vector<std::uint64_t> aligned((size + 7) / 8);
  std::memcpy(aligned.data(), data, size);
  layout::FileHeader header;
  std::memcpy(&header, aligned.data(), sizeof header);
  std::memcpy(header.magic, layout::kMagic, sizeof header.magic);
  header.version = layout::kVersion;
  header.byte_order = layout::kByteOrder;
  header.file_size = size;
  header.snapshot_size = std::min<std::uint64_t>(header.snapshot_size, size - sizeof header);
  header.checksum = Hash::of(&header, layout::kChecksummedBytes);
  header.overlay_offset = header.overlay_offset % (size + 8) / layout::kAlignment * layout::kAlignment;
  std::memcpy(aligned.data(), &header, sizeof header);

  IndexImage index;
  if (IndexImage::open(std::as_bytes(std::span(aligned)).first(size), index) != IndexFault::none) return 0;
  const auto view = IndexView::of(index);
  if (!view) return 0;
  fuzz::read_everything(*view, {1'800'000'000});
  ask_hook(*view, {1'800'000'000});
  write_on(*view);
  return 0;
}
