#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

/// The bytes of hosts.idx. The prose is schema/index-layout.md; tests/data/hosts-v1.idx.hex is a stored
/// example. All integers are little-endian; all structs have the size and alignment stated here and no hidden
/// padding. What a lookup reads fills cache lines of its own: in a large index each of them is a wait for
/// memory.
///
///     FileHeader | snapshot table | room for overlay tables, appended one after the other
///
/// The snapshot holds every lease as of the last full write. An overlay holds what has changed since. For any
/// name or address in it, the overlay alone is the answer; only the one at FileHeader::overlay_offset counts.
/// Positions and offsets in a table refer to sections of that same table.
namespace leases::layout {

static_assert(std::endian::native == std::endian::little, "hosts.idx is little-endian and read in place");

inline constexpr char kMagic[8] = {'n', 's', 's', 'l', 'e', 'a', 's', 'e'};
inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::uint32_t kByteOrder = 0x01020304;
/// Of tables within the file, and of name slots and lease records within a table: a cache line.
inline constexpr std::size_t kAlignment = 64;
/// Of a struct with 64-bit integers, also where the ABI aligns these to four bytes (i386).
inline constexpr std::size_t kWord = 8;

struct alignas(kWord) FileHeader {
  char magic[8];
  std::uint32_t version;
  std::uint32_t byte_order;  ///< kByteOrder, as the writer's machine stores it
  std::uint64_t file_size;   ///< of the whole file; it never changes
  std::uint64_t generation;  ///< one more than that of the file which this one replaced; 1 if there was none
  std::uint64_t snapshot_size;   ///< of the table right after this header
  std::uint64_t checksum;        ///< Hash::of the 40 bytes before it
  std::uint64_t overlay_offset;  ///< mutable: from the start of the file; 0: no overlay
  std::uint32_t superseded;      ///< mutable: Superseded
  std::uint32_t reserved;
};
/// What becomes of a file when another takes its place.
enum Superseded : std::uint32_t {
  kPresent = 0,
  kReplaced = 1,  ///< another file is about to take its place, or has taken it; the contents are whole
  kEmptied =
      2,  ///< its pages are being given back: what was read of it before this was seen counts for nothing
};
inline constexpr std::size_t kChecksummedBytes = offsetof(FileHeader, checksum);
inline constexpr std::uint64_t kSnapshotOffset = sizeof(FileHeader);

/// `count` elements, the first of them `offset` bytes from the start of the table.
struct Section {
  std::uint32_t offset;
  std::uint32_t count;
};

struct alignas(kWord) TableHeader {
  std::uint64_t size;           ///< of the table with this header, a multiple of kAlignment
  std::uint64_t newest_change;  ///< the latest change so far, of leases that are gone, too
  Section name_buckets;         ///< u32, 2^n + 1 of them: where each bucket begins in names
  Section names;                ///< NameSlot, by (hash, canonical name)
  Section name_leases;          ///< u32, positions in leases: the lists of names with several
  Section address_buckets;      ///< u32, 2^n + 1 of them: where each bucket begins in leases
  Section leases;         ///< LeaseRecord, by (hash of the address, address, latest change first, source)
  Section lease_details;  ///< LeaseDetails, as many as leases, in their order
  Section sources;        ///< SourceRecord, by (network, path)
  Section guests;         ///< GuestRecord, by (hardware address, source); none in an overlay
  Section strings;        ///< bytes; no terminators
};

/// The bucket of a hash, by its top bits. `starts` is the count of a bucket list: 2^n + 1.
constexpr std::uint32_t bucket_of(std::uint64_t hash, std::uint32_t starts) {
  const int bits = std::countr_zero(starts - 1);
  return static_cast<std::uint32_t>(bits == 0 ? 0 : hash >> (64 - bits));
}

/// A name and its leases: those of this host, then those of others; of each, those that have it as their host
/// name, then those whose guest's name has it as its first label; in each group the latest change first, and
/// of equal times the lower position. Most names have one lease, and most lookups need only this slot.
struct alignas(kAlignment) NameSlot {
  std::uint64_t hash;         ///< Hash::of the canonical name
  std::uint32_t name_offset;  ///< in strings: the name as its first lease spells it
  std::uint32_t first;        ///< one lease: its position in leases; several: where they begin in name_leases
  char name_begin[16];        ///< the first bytes of the name; 0 after a shorter one
  std::uint8_t address[16];   ///< one lease: the same as in its record. Otherwise 0, as are family and expiry
  std::uint32_t lease_count;  ///< 0 only in an overlay: no lease has this name any more
  std::uint8_t name_length;
  std::uint8_t family;
  std::uint8_t flags;  ///< SlotFlag
  std::uint8_t reserved;
  std::uint64_t expiry;
};

enum SlotFlag : std::uint8_t {
  kFullName = 1,      ///< one lease: its canonical name is name.domain; the domain is in its record
  kOnlyReserved = 2,  ///< one lease: it is reserved
};

enum LeaseFlag : std::uint8_t {
  kGone = 1,           ///< only in an overlay: nothing is leased at this address
  kNameRefused = 2,    ///< the name policy keeps the host name out of every answer, by name and by address
  kHasHardware = 4,    ///< hardware_* are set
  kHasIaid = 8,        ///< iaid is set
  kTemporary = 16,     ///< the IAID is that of an IA_TA (RFC 8415, "T" in dnsmasq)
  kShortName = 32,     ///< the canonical name is the name alone, although there is a domain
  kReserved = 64,      ///< no lease: a server's configuration keeps the address for this host name
  kOfOtherHost = 128,  ///< another host shares it, and its network is HOST:NETWORK
};

/// The part of a lease that lookups read.
struct alignas(kAlignment) LeaseRecord {
  std::uint8_t address[16];       ///< IPv4 in the first four, the rest 0
  std::uint64_t expiry;           ///< seconds since 1970: expired from this second on; 0: never
  std::uint32_t hostname_offset;  ///< in strings, as are the other offsets of texts
  std::uint32_t domain_offset;
  std::uint32_t source;          ///< position in sources
  std::uint8_t hostname_length;  ///< 0: no name
  std::uint8_t domain_length;    ///< 0: no domain
  std::uint8_t family;           ///< 4 or 6
  std::uint8_t flags;            ///< LeaseFlag
  char hostname_begin[24];       ///< the first bytes of the host name; 0 after a shorter one
};

/// Whether the canonical name of a lease is name.domain, as a DNS server and a hosts file have it.
constexpr bool has_full_name(const LeaseRecord& record) {
  return record.domain_length > 0 && (record.flags & kShortName) == 0;
}

/// The rest of a lease.
struct alignas(kWord) LeaseDetails {
  std::uint64_t changed;             ///< nanoseconds since 1970
  std::uint8_t hardware_bytes[16];   ///< 0 after hardware_length
  std::uint32_t client_id_offset;    ///< client identifier (RFC 2132 option 61), for IPv6 the client's DUID
  std::uint32_t server_duid_offset;  ///< IPv6
  std::uint16_t client_id_length;
  std::uint16_t server_duid_length;
  std::uint32_t iaid;
  std::uint16_t hardware_type;
  std::uint8_t hardware_length;
  std::uint8_t guest_name_length;  ///< 0: no name
  std::uint32_t guest_name_offset;
};

/// Identifies a file's contents: the file has not changed while its stamp is the same. All 0: there was no
/// file.
struct alignas(kWord) FileStamp {
  std::uint64_t device;
  std::uint64_t inode;
  std::uint64_t size;
  std::int64_t modified_ns;  ///< st_mtim
  std::int64_t changed_ns;   ///< st_ctim

  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

enum SourceFlag : std::uint8_t {
  kSourceDamaged = 1,  ///< the file could not be read whole; what comes from it is older
};

/// A file from which leases come, or names of guests.
struct alignas(kWord) SourceRecord {
  std::uint32_t network_offset;
  std::uint32_t path_offset;  ///< path_length 0: the network's status file in the state directory
  std::uint16_t path_length;
  std::uint8_t network_length;  ///< 0: a MAC map for all networks
  std::uint8_t kind;            ///< SourceKind
  std::uint8_t flags;           ///< SourceFlag
  std::uint8_t
      domain_length;  ///< of the text after the path: the domain of leases whose file gives them none
  std::uint8_t reserved[2];
  std::uint64_t content;  ///< Hash::of the file's bytes, or of a log's last; 0: not known
  FileStamp stamp;
};

/// The guest with a hardware address, from a MAC map.
struct GuestRecord {
  std::uint8_t hardware_bytes[16];
  std::uint16_t hardware_type;
  std::uint8_t hardware_length;
  std::uint8_t name_length;
  std::uint32_t name_offset;
  std::uint32_t source;  ///< position in sources, of the MAC map
};

static_assert(sizeof(FileHeader) == 64 && alignof(FileHeader) == 8);
static_assert(offsetof(FileHeader, version) == 8);
static_assert(offsetof(FileHeader, byte_order) == 12);
static_assert(offsetof(FileHeader, file_size) == 16);
static_assert(offsetof(FileHeader, generation) == 24);
static_assert(offsetof(FileHeader, snapshot_size) == 32);
static_assert(offsetof(FileHeader, checksum) == 40);
static_assert(offsetof(FileHeader, overlay_offset) == 48);
static_assert(offsetof(FileHeader, superseded) == 56);
static_assert(offsetof(FileHeader, reserved) == 60);

static_assert(sizeof(Section) == 8 && offsetof(Section, offset) == 0 && offsetof(Section, count) == 4);

static_assert(sizeof(TableHeader) == 88 && alignof(TableHeader) == 8);
static_assert(offsetof(TableHeader, size) == 0);
static_assert(offsetof(TableHeader, newest_change) == 8);
static_assert(offsetof(TableHeader, name_buckets) == 16);
static_assert(offsetof(TableHeader, names) == 24);
static_assert(offsetof(TableHeader, name_leases) == 32);
static_assert(offsetof(TableHeader, address_buckets) == 40);
static_assert(offsetof(TableHeader, leases) == 48);
static_assert(offsetof(TableHeader, lease_details) == 56);
static_assert(offsetof(TableHeader, sources) == 64);
static_assert(offsetof(TableHeader, guests) == 72);
static_assert(offsetof(TableHeader, strings) == 80);

static_assert(sizeof(NameSlot) == 64);
static_assert(alignof(NameSlot) == 64);
static_assert(offsetof(NameSlot, hash) == 0);
static_assert(offsetof(NameSlot, name_offset) == 8);
static_assert(offsetof(NameSlot, first) == 12);
static_assert(offsetof(NameSlot, name_begin) == 16);
static_assert(offsetof(NameSlot, address) == 32);
static_assert(offsetof(NameSlot, lease_count) == 48);
static_assert(offsetof(NameSlot, name_length) == 52);
static_assert(offsetof(NameSlot, family) == 53);
static_assert(offsetof(NameSlot, flags) == 54);
static_assert(offsetof(NameSlot, reserved) == 55);
static_assert(offsetof(NameSlot, expiry) == 56);

static_assert(sizeof(LeaseRecord) == 64);
static_assert(alignof(LeaseRecord) == 64);
static_assert(offsetof(LeaseRecord, address) == 0);
static_assert(offsetof(LeaseRecord, expiry) == 16);
static_assert(offsetof(LeaseRecord, hostname_offset) == 24);
static_assert(offsetof(LeaseRecord, domain_offset) == 28);
static_assert(offsetof(LeaseRecord, source) == 32);
static_assert(offsetof(LeaseRecord, hostname_length) == 36);
static_assert(offsetof(LeaseRecord, domain_length) == 37);
static_assert(offsetof(LeaseRecord, family) == 38);
static_assert(offsetof(LeaseRecord, flags) == 39);
static_assert(offsetof(LeaseRecord, hostname_begin) == 40);

static_assert(sizeof(LeaseDetails) == 48 && alignof(LeaseDetails) == 8);
static_assert(offsetof(LeaseDetails, changed) == 0);
static_assert(offsetof(LeaseDetails, hardware_bytes) == 8);
static_assert(offsetof(LeaseDetails, client_id_offset) == 24);
static_assert(offsetof(LeaseDetails, server_duid_offset) == 28);
static_assert(offsetof(LeaseDetails, client_id_length) == 32);
static_assert(offsetof(LeaseDetails, server_duid_length) == 34);
static_assert(offsetof(LeaseDetails, iaid) == 36);
static_assert(offsetof(LeaseDetails, hardware_type) == 40);
static_assert(offsetof(LeaseDetails, hardware_length) == 42);
static_assert(offsetof(LeaseDetails, guest_name_length) == 43);
static_assert(offsetof(LeaseDetails, guest_name_offset) == 44);

static_assert(sizeof(FileStamp) == 40 && alignof(FileStamp) == 8);
static_assert(offsetof(FileStamp, device) == 0);
static_assert(offsetof(FileStamp, inode) == 8);
static_assert(offsetof(FileStamp, size) == 16);
static_assert(offsetof(FileStamp, modified_ns) == 24);
static_assert(offsetof(FileStamp, changed_ns) == 32);

static_assert(sizeof(SourceRecord) == 64 && alignof(SourceRecord) == 8);
static_assert(offsetof(SourceRecord, network_offset) == 0);
static_assert(offsetof(SourceRecord, path_offset) == 4);
static_assert(offsetof(SourceRecord, path_length) == 8);
static_assert(offsetof(SourceRecord, network_length) == 10);
static_assert(offsetof(SourceRecord, kind) == 11);
static_assert(offsetof(SourceRecord, flags) == 12);
static_assert(offsetof(SourceRecord, domain_length) == 13);
static_assert(offsetof(SourceRecord, reserved) == 14);
static_assert(offsetof(SourceRecord, content) == 16);
static_assert(offsetof(SourceRecord, stamp) == 24);

static_assert(sizeof(GuestRecord) == 28 && alignof(GuestRecord) == 4);
static_assert(offsetof(GuestRecord, hardware_bytes) == 0);
static_assert(offsetof(GuestRecord, hardware_type) == 16);
static_assert(offsetof(GuestRecord, hardware_length) == 18);
static_assert(offsetof(GuestRecord, name_length) == 19);
static_assert(offsetof(GuestRecord, name_offset) == 20);
static_assert(offsetof(GuestRecord, source) == 24);

}  // namespace leases::layout
