"""A reader of hosts.idx, written from schema/index-layout.md: where the two differ, one of them is wrong."""

import collections
import ipaddress
import itertools
import re
import struct

GONE, NAME_REFUSED, HAS_HARDWARE, HAS_IAID, TEMPORARY, SHORT_NAME, RESERVED, OF_OTHER_HOST = 1, 2, 4, 8, 16, 32, 64, 128
FULL_NAME, ONLY_RESERVED = 1, 2  # of a name slot
LABEL = re.compile(r'[A-Za-z0-9][A-Za-z0-9_-]{0,62}', re.ASCII)


class Struct(struct.Struct):
    def __init__(self, layout, type_, fields=None):
        super().__init__('<' + layout)
        self.type = collections.namedtuple(type_, fields) if fields else type_

    def read(self, data, offset):
        return self.type(*self.unpack_from(data, offset))


FILE_HEADER = Struct('8sIIQQQQQII', 'FileHeader', 'magic version byte_order file_size generation snapshot_size checksum '
                     'overlay_offset superseded reserved')
POSITION = Struct('I', int)
# In the order of the table header.
SECTIONS = {
    'name_buckets': POSITION,
    'names': Struct('QII16s16sIBBBBQ', 'NameSlot', 'hash name_offset first name_begin address lease_count name_length family flags reserved expiry'),
    'name_leases': POSITION,
    'address_buckets': POSITION,
    'leases': Struct('16sQIIIBBBB24s', 'LeaseRecord', 'address expiry hostname_offset domain_offset source hostname_length domain_length '
                     'family flags hostname_begin'),
    'lease_details': Struct('Q16sIIHHIHBBI', 'LeaseDetails', 'changed hardware_bytes client_id_offset server_duid_offset client_id_length '
                            'server_duid_length iaid hardware_type hardware_length guest_name_length guest_name_offset'),
    'sources': Struct('IIHBBBB2sQQQQqq', 'SourceRecord', 'network_offset path_offset path_length network_length kind flags domain_length reserved content '
                      'device inode size modified changed'),
    'guests': Struct('16sHBBII', 'GuestRecord', 'hardware_bytes hardware_type hardware_length name_length name_offset source'),
    'strings': Struct('c', bytes)}


class Lease(collections.namedtuple('Lease', 'network path address hardware hostname refused domain short guest client_id server_duid iaid '
                                            'temporary expiry changed reserved others')):
    def is_live(self, now):
        return self.expiry == 0 or now < self.expiry

    def suffixes(self, label):
        guest, _, guest_domain = self.guest.lower().partition('.')
        place = self.network.partition(':')[0] if self.others else self.network
        return [self.domain.lower(), place.lower(), guest_domain if guest == label.lower() else '']


def hash_of(data):
    seed, multiplier = 0x9e3779b97f4a7c15, 0xd6e8feb86659fd93

    def mix(value):
        return (value * multiplier >> 64) ^ (value * multiplier & (1 << 64) - 1)

    state, whole = seed ^ len(data), len(data) // 8 * 8
    for begin in [*range(0, whole, 8), whole]:
        state = mix(state ^ int.from_bytes(data[begin:begin + 8], 'little'))
    return mix(state ^ seed)


def bucket(starts, hash_):
    number = hash_ >> (64 - (len(starts) - 1).bit_length() + 1)
    return range(starts[number], starts[number + 1])


def address_of(element):
    return ipaddress.ip_address(element.address[:4] if element.family == 4 else element.address)


class Table:
    def __init__(self, data, offset):
        self.size, self.newest_change, *numbers = struct.unpack_from('<QQ18I', data, offset)
        self.places = dict(zip(SECTIONS, zip(numbers[::2], numbers[1::2])))
        for name, (begin, count) in self.places.items():
            element = SECTIONS[name]
            if begin + count * element.size > self.size or offset + self.size > len(data):
                raise ValueError(f'{name} is not within the table')
            setattr(self, name, [element.read(data, offset + begin + i * element.size) for i in range(count)])

    def text(self, element, what):
        begin, length = getattr(element, f'{what}_offset'), getattr(element, f'{what}_length')
        if begin + length > len(self.strings):
            raise ValueError(f'{what} of {element} is not within strings')
        return b''.join(self.strings[begin:begin + length])

    def name(self, element, what='name'):
        return self.text(element, what).decode()

    def slot(self, label):
        slots = [self.names[i] for i in bucket(self.name_buckets, hash_of(label.lower().encode()))]
        return next((slot for slot in slots if self.name(slot).lower() == label.lower()), None)

    def positions(self, slot):
        return [slot.first] if slot.lease_count == 1 else self.name_leases[slot.first:slot.first + slot.lease_count]

    def records(self, address):
        return [i for i in bucket(self.address_buckets, hash_of(address.packed)) if address_of(self.leases[i]) == address]

    def lease(self, position):
        record, details = self.leases[position], self.lease_details[position]
        source = self.sources[record.source]
        hardware = (details.hardware_type, details.hardware_bytes[:details.hardware_length]) if record.flags & HAS_HARDWARE else None
        return Lease(self.name(source, 'network'), self.name(source, 'path'), address_of(record), hardware, self.name(record, 'hostname'),
                     bool(record.flags & NAME_REFUSED), self.name(record, 'domain'), bool(record.flags & SHORT_NAME), self.name(details, 'guest_name'),
                     self.text(details, 'client_id'), self.text(details, 'server_duid'), details.iaid if record.flags & HAS_IAID else None,
                     bool(record.flags & TEMPORARY), record.expiry, details.changed, bool(record.flags & RESERVED), bool(record.flags & OF_OTHER_HOST))


class Index:
    def __init__(self, data):
        self.header = FILE_HEADER.read(data, 0)
        if self.header[:4] != (b'nsslease', 1, 0x01020304, len(data)) or self.header.checksum != hash_of(data[:40]):
            raise ValueError('not an index')
        self.tables = [Table(data, offset) for offset in (self.header.overlay_offset, 64) if offset]

    def records(self, address):
        """The leases of an address, the latest change first, expired ones too."""
        for table in self.tables:
            if positions := table.records(address):
                return [table.lease(i) for i in positions if not table.leases[i].flags & GONE]
        return []

    def all_leases(self):
        addresses = {address_of(record) for table in self.tables for record in table.leases}
        return [lease for address in addresses for lease in self.records(address)]

    def find(self, name, now):
        label, suffix = split(name)
        for table in self.tables:
            if label and (slot := table.slot(label)):
                leases = [table.lease(i) for i in table.positions(slot) if not table.leases[i].flags & GONE]
                found = [lease for lease in leases if lease.is_live(now) and (not suffix or suffix.lower() in lease.suffixes(label))]
                found = [lease for lease in found if not self.is_hidden(lease, now)]
                found = [lease for lease in found if not lease.others] or found
                counts = {4: itertools.count(), 6: itertools.count()}
                found = [lease for lease in found if next(counts[lease.address.version]) < 1024]
                return list(dict.fromkeys(lease.address for lease in newest_of_each_machine(found)))
        return []

    def is_hidden(self, lease, now):
        """Whether a live lease takes the place of a reservation."""
        if not lease.reserved:
            return False
        slots = [(table, slot) for table in self.tables if (slot := table.slot(lease.hostname))]
        table, slot = slots[0]
        others = [table.lease(i) for i in table.positions(slot) if not table.leases[i].flags & GONE] + self.records(lease.address)
        return any(other.network == lease.network and other.is_live(now) and not other.reserved for other in others)

    def names_of(self, address, now):
        live = [lease for lease in self.records(address) if lease.is_live(now) and not self.is_hidden(lease, now)]
        for lease in [lease for lease in live if not lease.others] or live:
            name = lease.hostname if lease.hostname and not lease.refused else lease.guest.partition('.')[0]
            if name:
                names = [name.lower(), f'{name}.{lease.domain}'.lower()] if lease.domain else [name.lower()]
                return names if lease.short else names[::-1]
        return []


def newest_of_each_machine(leases):
    """Without those that a later lease of the same machine has replaced."""
    newest = []
    for lease in sorted(leases, key=lambda lease: -lease.changed):
        if not any(is_same_machine(lease, other) for other in newest):
            newest.append(lease)
    return [lease for lease in leases if lease in newest]


def is_same_machine(a, b):
    if a.network != b.network or a.address.version != b.address.version or a.temporary != b.temporary:
        return False
    if a.address.version == 6 and a.address.packed[:8] != b.address.packed[:8]:
        return False
    if is_known(a.hardware) and is_known(b.hardware):
        return a.hardware == b.hardware
    return bool(a.client_id) and (a.client_id, a.iaid) == (b.client_id, b.iaid)


def is_known(hardware):
    return bool(hardware and hardware[1])


def split(name):
    """The label and the suffix of a question; no label if no lease can have the name."""
    label, dot, suffix = name.removesuffix('.').partition('.')
    localhost = f'.{suffix}'.lower().endswith(('.localhost', '.localhost.localdomain'))
    wrong = dot and (not suffix or suffix[0] == '.' or suffix[-1] == '.' or localhost or len(name.removesuffix('.').encode()) > 253)
    return (label, suffix) if LABEL.fullmatch(label) and not wrong else (None, None)
