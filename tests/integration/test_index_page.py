"""schema/index-layout.md says everything that a reader of the index needs: one that was written from it agrees with leasectl and the
module."""

import json
import time

import index_invariants
import lab
from calls import call, lease, mac
from import_lab import ImportTest, row
from index_reader import Index, hash_of
from lab import INDEX, RUNTIME, Dhclient, leasectl, wait_until
from sandbox import ROOT
from sources import configure, dnsmasq_leases, import_once
from waiting import BRIEF

# Asked for in every state of the index; most of them nobody has.
MISSES = ['nobody', 'web.nowhere', 'web.lan.nowhere', 'web.localhost', 'nobody.lan', 'we', 'webb', 'a' * 63, 'a' * 64, '-web', 'web..lan', '.web',
          'web.', 'web..', 'web.lan..', 'lan', 'nobody.example', f'web.{"a." * 124}b', f'web.{"a." * 125}b']


def stored_bytes():
    """tests/data/hosts-v1.idx.hex, as the page describes it."""
    lines = (ROOT / 'tests/data/hosts-v1.idx.hex').read_text().splitlines()
    used = bytes.fromhex(''.join(line for line in lines if not line.startswith('#')))
    return used.ljust(int.from_bytes(used[16:24], 'little'), b'\0')


def as_listed(lease):
    """As leasectl list --json has it."""
    def text(data):
        return data.hex(':')

    number = f'T{lease.iaid}' if lease.temporary else str(lease.iaid)
    hardware = None
    if lease.hardware:
        kind, data = lease.hardware
        hardware = text(data) if kind == 1 and data else f'{kind:02x}-{text(data)}'
    keys = {'network': lease.network, 'iaid': None if lease.iaid is None else number, 'ip-address': str(lease.address), 'mac-address': hardware,
            'refused-hostname' if lease.refused else 'hostname': lease.hostname, 'domain': lease.domain, 'guest': lease.guest,
            'client-id': text(lease.client_id), 'server-duid': text(lease.server_duid)}
    return {**{key: value for key, value in keys.items() if value}, 'expiry-time': lease.expiry}


def module_finds(name):
    return {fields[0] for fields in lab.getent('-s', 'hosts:leases', 'ahosts', '--', name)}


def module_names(address):
    return [name for fields in lab.getent('-s', 'hosts:leases', 'hosts', str(address)) for name in fields[1:]]


class IndexPage(ImportTest):

    def agrees(self, *names):
        """The index, after the reader has found what leasectl and the module find, and every invariant holds."""
        data = INDEX.read_bytes()
        index = Index(data)
        index_invariants.check(data, index)
        now, leases = time.time(), index.all_leases()
        listed = [{key: value for key, value in entry.items() if key != 'prefix-length'} for entry in json.loads(leasectl('list', '--json'))]
        self.assertCountEqual([as_listed(lease) for lease in leases if lease.is_live(now)], listed)
        for name in {*names, *MISSES, *names_of(leases)}:
            self.assertEqual({str(address) for address in index.find(name, now)}, module_finds(name), name)
        for address in {lease.address for lease in leases}:
            self.assertEqual(index.names_of(address, now), module_names(address), address)
        return index

    def finds(self, index, **expected):
        """Both found what they should: two readers that find nothing agree, too."""
        for name, addresses in expected.items():
            self.assertEqual([str(address) for address in index.find(name, time.time())], addresses, name)

    def test_an_index_that_was_just_written(self):
        leasectl('rebuild')
        self.assertEqual(self.agrees().all_leases(), [])
        for count in range(1, 20):
            lease(count, f'host-{count}', DNSMASQ_DOMAIN='Lab.Example', DNSMASQ_CLIENT_ID=f'ff:{count:02x}')
        call('add', '20-', '10.0.0.100')
        call('add', mac(200), '10.0.0.200', 'localhost')
        call('add', mac(201), '10.0.0.201', 'a-name-of-more-than-sixteen-and-then-of-more-than-24-bytes')
        leasectl('rebuild')
        index = self.agrees('HOST-7', 'host-7.lab.example', 'host-7.LAN.', 'host-7.example')
        self.assertEqual(len(index.tables), 1)
        self.finds(index, **{'host-7': ['10.0.0.7'], 'host-7.lab.example': ['10.0.0.7'], 'localhost': []})

    def test_overlays_of_new_renamed_ended_and_repeated_leases(self):
        for number in 1, 2, 3:
            lease(number, f'host-{number}')
        leasectl('rebuild')
        lease(4, 'new')
        self.finds(self.agrees(), new=['10.0.0.4'])
        call('old', mac(1), '10.0.0.1', 'renamed')
        self.finds(self.agrees('host-1'), **{'renamed': ['10.0.0.1'], 'host-1': []})
        call('del', mac(2), '10.0.0.2', 'host-2')
        self.finds(self.agrees('host-2'), **{'host-2': []})
        lease(5, 'host-2', DNSMASQ_DOMAIN='lab.example')
        lease(3, 'host-2')
        index = self.agrees('host-2', 'host-2.lab.example', 'host-3')
        self.finds(index, **{'host-2': ['10.0.0.3', '10.0.0.5'], 'host-2.lab.example': ['10.0.0.5'], 'host-3': []})
        call('add', mac(7), '10.0.0.2', 'again')
        index = self.agrees('again', 'host-2')
        self.finds(index, again=['10.0.0.2'])
        self.assertEqual(len(index.tables), 2)

    def test_a_lease_that_has_expired(self):
        ends = int(time.time()) + BRIEF
        lease(1, 'short', DNSMASQ_LEASE_EXPIRES=str(ends))
        lease(2, 'long')
        wait_until(lambda: time.time() > ends + 1, lab.SOON, 'the end of a lease')
        index = self.agrees('short')
        self.finds(index, short=[], long=['10.0.0.2'])
        self.assertEqual(len(index.all_leases()), 2)

    def test_real_leases_of_both_families(self):
        red = self.network('red', families=(4, 6), domain='red.test')
        _, client, web = self.join(red, 'web')
        _, _, six = self.join(red, 'six', Dhclient, family=6)
        index = self.agrees('web.red', 'WEB.red.test', 'six.red')
        self.finds(index, web=[web], six=[six], **{'six.red': [six]})
        client.release()
        self.is_gone('web')
        self.finds(self.agrees('web'), web=[])

    def test_guests_of_a_mac_map(self):
        guests = [{'domain': 'web', 'macs': [mac(1), mac(2)]}, {'domain': 'db.prod', 'macs': [mac(3), mac(4)]}]
        configure({'kind': 'mac-map', 'path': self.written('lan.macs', json.dumps(guests)), 'network': 'lan'},
                  {'kind': 'mac-map', 'path': self.written('all.macs', json.dumps([{'domain': 'other', 'macs': [mac(1)]}]))})
        import_once()
        lease(1, 'ubuntu')
        call('add', mac(2), '10.0.0.2')
        lease(3, 'DB')
        lease(4, 'debian')
        call('add', mac(1), '10.1.0.1', DNSMASQ_INTERFACE='blue')
        lease(9, 'web')
        for _ in range(2):
            index = self.agrees('web.prod', 'db.prod', 'db.lan', 'debian.prod', 'ubuntu', 'other.blue', 'other.lan')
            self.finds(index, web=['10.0.0.9', '10.0.0.2', '10.0.0.1'], db=['10.0.0.3', '10.0.0.4'], **{'debian.prod': [], 'other': ['10.1.0.1']})
            leasectl('rebuild')

    def test_a_lease_file_of_dnsmasq_and_an_address_with_two_sources(self):
        lease(1, 'web')
        rows = row(1, 'web') + row(2, 'db') + '4102444800 52:54:00:00:00:01 10.0.0.1 web *\n'
        configure(dnsmasq_leases(self.written(text=rows), network='imported'))
        import_once()
        call('old', mac(1), '10.0.0.1', 'web', DNSMASQ_LEASE_EXPIRES='4102444801')
        index = self.agrees('web.imported', 'web.lan', 'db.imported')
        self.assertEqual(len(index.records(next(iter(index.find('web.lan', 0))))), 2)
        leasectl('rebuild')
        self.agrees('web.imported', 'web.lan', 'db.imported')

    def test_two_networks_with_one_name(self):
        for number, network in enumerate(('red', 'blue', 'green'), 1):
            call('add', mac(number), f'10.{number}.0.1', 'web', DNSMASQ_INTERFACE=network, DNSMASQ_DOMAIN=f'{network}.test')
        index = self.agrees('web.red', 'web.blue', 'web.red.test', 'web.red.blue')
        self.finds(index, web=['10.3.0.1', '10.2.0.1', '10.1.0.1'], **{'web.red': ['10.1.0.1'], 'web.blue.test': ['10.2.0.1']})
        leasectl('rebuild')
        call('del', mac(2), '10.2.0.1', 'web', DNSMASQ_INTERFACE='blue')
        self.finds(self.agrees('web.red', 'web.blue'), web=['10.3.0.1', '10.1.0.1'], **{'web.blue': []})

    def test_the_stored_example(self):
        RUNTIME.mkdir()
        INDEX.write_bytes(stored_bytes())
        index = self.agrees('six.example', 'six.br0', 'ubuntu.example', 'beta.lan.example', 'alpha')
        self.finds(index, beta=['10.77.1.196'], six=['fd77:1::1a2b', '192.168.122.9'], **{'six.example': ['192.168.122.9']})

    def test_the_examples_of_the_hash(self):
        page = (ROOT / 'schema/index-layout.md').read_text()
        for data, shown in (b'', '`""`'), (b'web', '`"web"`'), (b'webserver', '`"webserver"`'), (bytes((10, 77, 1, 196)), '10.77.1.196'):
            self.assertIn(f'| {shown} | {hash_of(data):#018x} |', page)

    def test_the_invariants_hold_every_byte_of_what_a_lookup_of_a_name_reads(self):
        sound = stored_bytes()
        index = Index(sound)
        for table, place in zip(index.tables, (index.header.overlay_offset, 64)):
            for section, size in ('name_buckets', 4), ('names', 64), ('name_leases', 4), ('address_buckets', 4):
                offset, count = table.places[section]
                for at in range(place + offset, place + offset + count * size):
                    changed = bytearray(sound)
                    changed[at] ^= 1
                    with self.assertRaises((AssertionError, ValueError, IndexError), msg=f'{section}, byte {at}'):
                        index_invariants.check(changed, Index(bytes(changed)))


def names_of(leases):
    """Every name that some lease has, bare and with everything that could come after it."""
    labels = {label for lease in leases for label in (lease.hostname, lease.guest.partition('.')[0]) if label}
    suffixes = {suffix for lease in leases for suffix in (lease.network, lease.domain, lease.guest.partition('.')[2]) if suffix}
    return {*labels, *(f'{label}.{suffix}' for label in list(labels)[:4] for suffix in suffixes)}


if __name__ == '__main__':
    lab.main()
