/// An index with any bit flipped, cut off anywhere, or full of nonsense: at worst, odd answers.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <utility>

#include "common/hash.h"
#include "common/host_index.h"
#include "common/lookup.h"
#include "paths.h"
#include "tests/support/children.h"
#include "tests/support/files.h"
#include "tests/support/installed_store.h"
#include "tests/support/lookup.h"
#include "tests/support/module.h"

using namespace leases;
using namespace leases::test;
using leases::paths::kIndex;

namespace {

/// Bytes that end right before a page that cannot be read.
class GuardedBytes {
 public:
  explicit GuardedBytes(std::size_t capacity)
      : page_(static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))),
        size_((capacity / page_ + 2) * page_),
        memory_(static_cast<char*>(
            ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
    ::mprotect(memory_ + size_ - page_, page_, PROT_NONE);
  }
  GuardedBytes(const GuardedBytes&) = delete;
  GuardedBytes& operator=(const GuardedBytes&) = delete;
  ~GuardedBytes() { ::munmap(memory_, size_); }

  /// Memory for this many bytes.
  char* last(std::size_t size) { return memory_ + size_ - page_ - size; }

 private:
  std::size_t page_;
  std::size_t size_;
  char* memory_;
};

/// Names and addresses of each kind, in a snapshot and an overlay that have something in every section.
std::string small_index() {
  const InstalledStore store{{"alpha", "10.77.1.1"},
                             {"alpha", "fd00:77::1"},
                             {"twin", "10.77.1.2", "lab", "br0"},
                             {"twin", "10.77.1.2", "lab", "br1"},
                             {"gone", "10.77.1.3"},
                             {"bare", "10.77.1.4", ""},
                             {"one-with-a-long-name", "10.77.1.7"}};
  store.replace_index();
  store.end("10.77.1.3");
  store.lease({{"alpha", "10.77.1.5"}, {"new", "10.77.1.6"}});
  return read_file(kIndex);
}

/// The used bytes, without the room after them.
std::size_t used_size(std::string_view file) {
  IndexImage index;
  REQUIRE(IndexImage::open(std::as_bytes(std::span(file)), index) == IndexFault::none);
  REQUIRE(index.overlay_offset() != 0);
  return index.overlay_offset() + IndexView::of(index)->overlay().size();
}

/// Reads every byte.
class Reading {
 public:
  void add(std::uint64_t number) { sum_ = sum_ + number; }
  void add(std::string_view text) {
    for (const char c : text) add(static_cast<std::uint64_t>(c));
  }
  void add(std::span<const std::uint8_t> bytes) {
    for (const std::uint8_t byte : bytes) add(std::uint64_t{byte});
  }
  void add(const Lease& lease) {
    for (const std::string_view text : {lease.network, lease.hostname, lease.domain}) add(text);
    for (const auto bytes : {lease.client_id, lease.server_duid}) add(bytes);
    add(lease.expiry.seconds + lease.changed.nanoseconds);
  }

 private:
  volatile std::uint64_t sum_ = 0;
};

/// Reads everything in every way. Whether that came to an end.
bool read_everything(const IndexView& view) {
  Reading reading;
  for (const char* name :
       {"alpha", "ALPHA.lab", "twin", "twin.br1", "gone", "bare", "new", "nobody", "one-with-a-long-name"}) {
    const auto query = HostQuery::parse(name);
    visit_answers(view, *query, {0}, [&](const Answer& answer) {
      reading.add(answer.name);
      reading.add(matching_suffix(*query, answer));
      return true;
    });
  }
  for (const char* text : {"10.77.1.1", "10.77.1.2", "10.77.1.3", "10.77.1.6", "fd00:77::1", "10.9.9.9"}) {
    visit_answers(view, view.find(*parse_ip(text)), {0}, [&](const Answer& answer) {
      reading.add(answer.domain());
      return true;
    });
  }
  const std::uint64_t limit = std::uint64_t{view.snapshot().lease_count()} + view.overlay().lease_count();
  std::uint64_t steps = 0;
  std::optional<IpAddress> position;
  for (auto records = view.next(position); records.range.count > 0; records = view.next(position)) {
    if (++steps > limit) return false;
    position = Table::address_of(records.table->record(records.range.first));
  }
  view.for_each_lease([&](const Lease& lease) { reading.add(lease); });
  for (const Table* table : {&view.snapshot(), &view.overlay()}) {
    for (std::uint32_t i = 0; i < table->source_count(); ++i) reading.add(table->network_of(i));
    for (std::uint32_t i = 0; i < table->name_count(); ++i) {
      const layout::NameSlot slot = table->name(i);
      for (std::uint32_t n = 0; n < slot.lease_count; ++n)
        reading.add(table->record(table->position_of(slot, n)).expiry);
      reading.add(table->text(slot.name_offset, slot.name_length));
    }
  }
  return true;
}

/// Opens and reads a file. Whether it was trusted, and whether reading it came to an end.
struct Result {
  bool trusted = false;
  bool ended = true;
};
Result read_file_in_memory(const char* bytes, std::size_t size) {
  IndexImage index;
  if (IndexImage::open(std::as_bytes(std::span(bytes, size)), index) != IndexFault::none) return {};
  const auto view = IndexView::of(index);
  return view ? Result{true, read_everything(*view)} : Result{};
}

void renew_checksum(char* file, std::optional<std::uint64_t> size = {}) {
  layout::FileHeader header;
  std::memcpy(&header, file, sizeof header);
  if (size) header.file_size = *size;
  header.checksum = Hash::of(&header, layout::kChecksummedBytes);
  std::memcpy(file, &header, sizeof header);
}

void flip(char* bytes, std::size_t bit) {
  bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
}

}  // namespace

TEST_CASE("Reading the sound index finds all that is looked for below") {
  const std::string file = small_index();
  CHECK(read_file_in_memory(file.data(), file.size()).trusted);
  CHECK(by_name("alpha").addresses == "10.77.1.5 fd00:77::1 10.77.1.1");
}

TEST_CASE("With any single bit flipped nothing is read out of bounds, and reading ends") {
  const std::string file = small_index();
  const std::size_t used = used_size(file);
  const std::size_t header_bits = layout::kChecksummedBytes * 8;
  GuardedBytes memory(used);
  char* bytes = memory.last(used);
  for (const bool resealed : {false, true}) {
    for (std::size_t bit = 0; bit < used * 8; ++bit) {
      if (resealed && bit >= header_bits) break;
      // Without the room after it, so that the guarded page begins where the last table ends.
      std::memcpy(bytes, file.data(), used);
      renew_checksum(bytes, used);
      flip(bytes, bit);
      if (resealed) renew_checksum(bytes);
      const Result result = read_file_in_memory(bytes, used);
      if (!resealed && bit < header_bits && result.trusted)
        FAIL("a header is trusted with bit ", bit, " flipped");
      if (!result.ended) FAIL("no end with bit ", bit, " flipped");
    }
  }
}

TEST_CASE(
    "Cut off anywhere the file is not trusted, and not read out of bounds if its header is made to fit") {
  const std::string file = small_index();
  GuardedBytes memory(file.size());
  for (std::size_t size = 0; size < file.size(); ++size) {
    char* bytes = memory.last(size);
    std::memcpy(bytes, file.data(), size);
    if (read_file_in_memory(bytes, size).trusted) FAIL("trusted with ", size, " bytes");
    if (size < sizeof(layout::FileHeader)) continue;
    renew_checksum(bytes, size);
    if (!read_file_in_memory(bytes, size).ended) FAIL("no end with ", size, " bytes");
  }
}

TEST_CASE("With nonsense anywhere nothing is read out of bounds, and reading ends") {
  const std::string file = small_index();
  const std::size_t used = used_size(file);
  GuardedBytes memory(used);
  char* bytes = memory.last(used);
  std::mt19937 random(20331);
  const std::uint32_t tempting[] = {
      0, 1, 7, 8, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff, static_cast<std::uint32_t>(used)};
  for (int round = 0; round < 20'000; ++round) {
    std::memcpy(bytes, file.data(), used);
    renew_checksum(bytes, used);
    for (auto changes = 1 + random() % 6; changes > 0; --changes) {
      const std::size_t at =
          sizeof(layout::FileHeader) + random() % ((used - sizeof(layout::FileHeader)) / 4) * 4;
      const std::uint32_t value =
          random() % 2 == 0 ? tempting[random() % std::size(tempting)] : static_cast<std::uint32_t>(random());
      std::memcpy(bytes + at, &value, sizeof value);
    }
    if (!read_file_in_memory(bytes, used).ended) FAIL("no end in round ", round);
  }
}

namespace {

/// Puts a damaged file in the index's place and asks the module everything. The file before is marked as
/// superseded, so that the module looks at this one.
class Victim {
 public:
  void read(const std::string& bytes) {
    const std::string path = std::string(kIndex) + ".damaged";
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (::write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) ::_exit(1);
    std::filesystem::rename(path, kIndex);
    if (before_ >= 0) {
      const std::uint32_t superseded = 1;
      if (::pwrite(before_, &superseded, sizeof superseded, offsetof(layout::FileHeader, superseded)) < 0)
        ::_exit(1);
      ::close(before_);
    }
    before_ = file;

    for (const char* name : {"alpha", "alpha.lab", "twin.br1", "gone", "new"}) {
      by_name(name);
      by_name(name, AF_INET);
      by_name(name, AF_INET6);
    }
    for (const char* address : {"10.77.1.1", "10.77.1.2", "10.77.1.3", "fd00:77::1"}) by_address(address);
    module().sethostent(0);
    for (int i = 0; i < 100 && next_host().found(); ++i) {
    }
  }

 private:
  int before_ = -1;
};

/// The bit that the child had flipped, for the report.
std::size_t& shared_number() {
  static auto* number = static_cast<std::size_t*>(
      ::mmap(nullptr, sizeof(std::size_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  return *number;
}

}  // namespace

TEST_CASE("The module neither crashes nor hangs over a damaged file") {
  const std::string file = small_index();
  const std::size_t headers = (sizeof(layout::FileHeader) + sizeof(layout::TableHeader)) * 8;
  const std::size_t bits = used_size(file) * 8;
  std::size_t& bit = shared_number();
  bit = 0;
  // Every bit of the headers, and one in 31, which is not a multiple of a field's size, of all that follows.
  const auto next = [&](std::size_t present) { return present + (present < headers ? 1 : 31); };
  while (bit < bits) {
    const int result = in_child([&] {
      Victim victim;
      for (; bit < bits; bit = next(bit)) {
        // A search without end uses the processor; a busy machine does not.
        const itimerval limit{{}, {2, 0}};
        ::setitimer(ITIMER_VIRTUAL, &limit, nullptr);
        std::string damaged = file;
        flip(damaged.data(), bit);
        victim.read(damaged);
      }
      return 0;
    });
    CAPTURE(bit);
    CHECK(result == 0);
    // One failure of a field is enough.
    if (result != 0) bit = (bit / 32 + 1) * 32;
  }
  remove_and_unmap_index();
}
