"""Checks the invariants of schema/index-layout.md, in the order of the table there."""

import itertools

from index_reader import FULL_NAME, GONE, HAS_HARDWARE, HAS_IAID, LABEL, NAME_REFUSED, OF_OTHER_HOST, ONLY_RESERVED, RESERVED, SECTIONS, SHORT_NAME, TEMPORARY, address_of, bucket, hash_of

STATUS_FILE, MAC_MAP, DHCP_HOSTS, SHARED_STATUS, LAST_KIND = 0, 3, 7, 8, 8
FILE_HEADER, TABLE_HEADER = 64, 88
ALIGNMENTS = {'names': 64, 'leases': 64, 'lease_details': 8, 'sources': 8, 'strings': 1}


def check(data, index):
    """Raises AssertionError at the first one that does not hold."""
    *overlay, snapshot = index.tables
    header = index.header
    assert header.reserved == 0 and header.superseded in (0, 1, 2)
    assert header.file_size == len(data) and header.checksum == hash_of(data[:40]), 'header'
    assert header.snapshot_size == snapshot.size, 'snapshot_size'
    assert header.overlay_offset % 64 == 0, 'overlay_offset'
    places = [(FILE_HEADER, snapshot), *((header.overlay_offset, table) for table in overlay)]
    for (offset, table), is_overlay in zip(places, (False, True)):
        check_sections(data[offset:offset + table.size], table)
        check_names(table, is_overlay)
        check_leases(table, is_overlay)
        check_sources(table, is_overlay)
    check_that_every_name_has_a_slot(snapshot)
    for table in overlay:
        assert header.overlay_offset >= FILE_HEADER + header.snapshot_size, 'overlay_offset'
        assert table.newest_change >= snapshot.newest_change, 'newest_change'
        check_overlay_is_complete(table, snapshot)


def check_sections(data, table):
    assert table.size % 64 == 0 and len(data) == table.size, 'size'
    end = TABLE_HEADER
    for name, (offset, count) in table.places.items():
        assert offset >= end and offset % ALIGNMENTS.get(name, 4) == 0, f'{name} is not in its place'
        assert not any(data[end:offset]), f'a gap before {name}'
        end = offset + count * SECTIONS[name].size
    assert not any(data[end:]), 'a gap at the end'
    check_buckets(table.name_buckets, [slot.hash for slot in table.names])
    check_buckets(table.address_buckets, [hash_of(address_of(record).packed) for record in table.leases])


def check_buckets(starts, hashes):
    assert starts[0] == 0 and starts[-1] == len(hashes) and is_ascending(starts), 'buckets'
    assert len(starts) - 1 == 1 << max(len(hashes).bit_length() - 1, 0), 'number of buckets'
    for position, hash_ in enumerate(hashes):
        assert position in bucket(starts, hash_), 'an element in a bucket that is not its own'


def check_names(table, is_overlay):
    names = [table.name(slot) for slot in table.names]
    assert is_strictly_ascending([(slot.hash, name.lower().encode()) for slot, name in zip(table.names, names)]), 'order of names'
    lists = []
    for slot, name in zip(table.names, names):
        assert LABEL.fullmatch(name) and slot.hash == hash_of(name.lower().encode()), name
        assert slot.name_begin == begin_of(name.encode(), 16) and not slot.reserved, name
        if slot.lease_count == 1:
            record = table.leases[slot.first]
            assert (slot.address, slot.family, slot.expiry) == (record.address, record.family, record.expiry), f'{name}: lease'
            is_full = record.domain_length > 0 and not record.flags & SHORT_NAME
            is_reserved = record.flags & RESERVED
            assert slot.flags == (FULL_NAME if is_full else 0) + (ONLY_RESERVED if is_reserved else 0), f'{name}: flags'
        else:
            assert (slot.address, slot.family, slot.expiry, slot.flags) == (bytes(16), 0, 0, 0), f'{name}: not 0'
            assert is_overlay or slot.lease_count, f'{name}: no lease'
            assert slot.first == len(lists) or not slot.lease_count, f'{name}: list'
            lists += table.positions(slot)
            assert len(table.positions(slot)) == slot.lease_count, f'{name}: list'
        assert table.positions(slot) == leases_named(table, name), f'{name}: leases'
        if slot.lease_count:
            first = table.lease(table.positions(slot)[0])
            assert name == (first.hostname if is_hostname(first, name) else first.guest.partition('.')[0]), f'{name}: spelling'
    assert lists == table.name_leases, 'name_leases'


def leases_named(table, name):
    """The positions of the leases of a name, in their order."""
    leases = {i: table.lease(i) for i, record in enumerate(table.leases) if not record.flags & GONE}
    own = [i for i, lease in leases.items() if is_hostname(lease, name)]
    guests = [i for i, lease in leases.items() if i not in own and lease.guest.partition('.')[0].lower() == name.lower()]
    return [i for others in (False, True) for group in (own, guests)
            for i in sorted(group, key=lambda i: (-leases[i].changed, i)) if leases[i].others == others]


def is_hostname(lease, name):
    return not lease.refused and lease.hostname.lower() == name.lower()


def check_leases(table, is_overlay):
    addresses = [address_of(record) for record in table.leases]
    order = [(hash_of(address.packed), address.version, address.packed, -details.changed, record.source)
             for address, record, details in zip(addresses, table.leases, table.lease_details)]
    assert is_strictly_ascending(order), 'order of leases'
    assert len(table.lease_details) == len(table.leases), 'number of lease_details'
    for address, record, details in zip(addresses, table.leases, table.lease_details):
        assert record.family in (4, 6) and (record.family == 6 or not any(record.address[4:])), f'{address}: family'
        if record.flags & GONE:
            assert is_overlay and addresses.count(address) == 1, f'{address}: gone'
            assert not any((*record[1:7], record.flags & ~GONE, any(record.hostname_begin))), f'{address}: not 0'
            assert not any(any(field) if isinstance(field, bytes) else field for field in details), f'{address}: details not 0'
            continue
        for element, texts in (record, ('hostname', 'domain')), (details, ('client_id', 'server_duid', 'guest_name')):
            for what in texts:
                table.text(element, what)
        assert details.changed <= table.newest_change, f'{address}: newest_change'
        assert record.hostname_begin == begin_of(table.text(record, 'hostname'), 24), f'{address}: hostname_begin'
        assert table.sources[record.source].kind != MAC_MAP, f'{address}: source'
        assert bool(record.flags & OF_OTHER_HOST) == (table.sources[record.source].kind == SHARED_STATUS), f'{address}: other host'
        assert details.client_id_length <= 255 and details.server_duid_length <= 255, f'{address}: identifier'
        check_hardware(details)
        assert not record.flags & RESERVED or (record.expiry, details.changed) == (0, 0), f'{address}: reserved'
        assert (table.sources[record.source].kind == DHCP_HOSTS) == bool(record.flags & RESERVED), f'{address}: reserved'
        hardware = details.hardware_type, details.hardware_length, any(details.hardware_bytes)
        assert record.flags & HAS_HARDWARE or not any(hardware), f'{address}: hardware'
        assert record.flags & HAS_IAID or not (details.iaid or record.flags & TEMPORARY), f'{address}: IAID'


def check_hardware(element):
    assert element.hardware_length <= 16 and not any(element.hardware_bytes[element.hardware_length:]), 'hardware_bytes'


def check_sources(table, is_overlay):
    assert is_strictly_ascending([(table.text(source, 'network'), table.text(source, 'path')) for source in table.sources]), 'order of sources'
    for source in table.sources:
        assert source.kind <= LAST_KIND and source.flags <= 1 and not any(source.reserved), 'source'
        assert (source.path_length == 0) == (source.kind == STATUS_FILE), 'path'
        assert source.kind != STATUS_FILE or source.content == 0, 'content'
        assert source.kind != SHARED_STATUS or b':' in table.text(source, 'network'), 'network of another host'
        assert source.network_length <= 63 and (source.network_length or source.kind == MAC_MAP), 'network'
    assert not (is_overlay and table.guests), 'guests in an overlay'
    assert is_ascending([(guest.hardware_type, guest.hardware_length, guest.hardware_bytes, guest.source) for guest in table.guests]), 'guests'
    for guest in table.guests:
        check_hardware(guest)
        assert table.sources[guest.source].kind == MAC_MAP and 1 <= len(table.text(guest, 'name')) <= 253, 'guest'


def check_that_every_name_has_a_slot(snapshot):
    for record, details in zip(snapshot.leases, snapshot.lease_details):
        names = [snapshot.name(details, 'guest_name').partition('.')[0]]
        if not record.flags & NAME_REFUSED:
            names.append(snapshot.name(record, 'hostname'))
        for name in filter(None, names):
            assert snapshot.slot(name), f'{name} has no slot'


def check_overlay_is_complete(overlay, snapshot):
    for name in (overlay.name(slot) for slot in overlay.names):
        known = snapshot.slot(name)
        for position in snapshot.positions(known) if known else ():
            assert overlay.records(address_of(snapshot.leases[position])), f'{name}: a lease that the overlay does not have'


def begin_of(text, size):
    return text[:size].ljust(size, b'\0')


def is_ascending(values):
    return all(a <= b for a, b in itertools.pairwise(values))


def is_strictly_ascending(values):
    return all(a < b for a, b in itertools.pairwise(values))
