"""Status files of libvirt's with odd records in them: our helper beside libvirt's own, which is the real one, and in its place.

Nothing else of libvirt runs.
"""

import json
import os
import shutil
import subprocess
import unittest

import lab
from lab import getent, resolve
from libvirt import LEASESHELPER
from libvirt import STATE as LIBVIRT
from network import HELPER
from schemas import validate
from waiting import HUNG

BRIDGE = 'virbr7'
FILE = LIBVIRT / f'{BRIDGE}.status'
EXPIRY = 4102444800
# What clients send that libvirt's helper uses as a name, and dnsmasq does not.
ODD_NAMES = ['_srv', 'über', 'host:9091', "bob's", 'x"y', 'a\\b', '-rf', '$(id)', 'b' * 64]
# 100 bytes of a longer one, as dnsmasq reports it.
CUT = 'ab:' * 100


def mac(number):
    return f'52:54:00:77:07:{number:02x}'


def record(number, name=None, **members):
    """As libvirt's helper writes it: 10.77.7.number."""
    return {'ip-address': f'10.77.7.{number}', 'mac-address': mac(number), **({'hostname': name} if name else {}),
            **members, 'expiry-time': EXPIRY}


def event(helper, action, *arguments, **variables):
    """A call as libvirt's dnsmasq makes it, and what it prints."""
    environment = {'PATH': os.environ['PATH'], 'VIR_BRIDGE_NAME': BRIDGE, 'DNSMASQ_LEASE_EXPIRES': str(EXPIRY)}
    environment.update({f'DNSMASQ_{name}': value for name, value in variables.items()})
    done = subprocess.run([helper, action, *arguments], env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=HUNG)
    if done.returncode != 0:
        raise AssertionError(f'{helper} {action} ended with {done.returncode}: {done.stderr}')
    return done.stdout.decode()


def odd_names():
    """Those of ODD_NAMES with which libvirt's helper reads its own file: to that of libvirt 11.3, a file with more than ASCII in it is empty."""
    FILE.write_text(json.dumps([record(1, 'über')], ensure_ascii=False))
    reads = event(LEASESHELPER, 'init')
    FILE.unlink()
    return [name for name in ODD_NAMES if reads or name.isascii()]


def import_once():
    return subprocess.run(['leasectl', 'import'], capture_output=True, text=True, check=True, timeout=HUNG).stderr


def listed():
    output = subprocess.run(['leasectl', 'list', '--json'], capture_output=True, text=True, check=True).stdout
    return {entry['ip-address']: entry for entry in validate(output, 'lease-list.schema.json')}


def address_of(entry):
    return entry['ip-address']


def rows(stream):
    return set(stream.splitlines())


class RecordsTest(lab.LabTest):

    @classmethod
    def setUpClass(cls):
        if not LEASESHELPER.exists():
            raise unittest.SkipTest('missing Debian package: libvirt-daemon-system')

    def setUp(self):
        super().setUp()
        shutil.rmtree(LIBVIRT, ignore_errors=True)
        LIBVIRT.mkdir(parents=True)
        self.odd_names = odd_names()

    def files(self):
        return [file.name for file in LIBVIRT.iterdir()]


class Beside(RecordsTest):
    """libvirt's helper writes; we read."""

    def test_a_guest_with_an_odd_name_is_not_found_by_it_and_harms_no_other(self):
        event(LEASESHELPER, 'add', mac(1), '10.77.7.1', 'web')
        for number, name in enumerate(self.odd_names, 10):
            with self.subTest(name=name):
                event(LEASESHELPER, 'add', mac(number), f'10.77.7.{number}', SUPPLIED_HOSTNAME=name)
                event(LEASESHELPER, 'add', mac(2), f'10.77.7.{100 + number}', 'db')
                self.assertEqual(import_once(), '')
                self.assertEqual(resolve('web'), {'10.77.7.1'})
                self.assertIn(f'10.77.7.{100 + number}', resolve('db'))
                entry = listed()[f'10.77.7.{number}']
                self.assertEqual((entry['refused-hostname'], entry['mac-address']), (name, mac(number)))
                self.assertEqual(getent('hosts', f'10.77.7.{number}'), [])
        self.assertEqual(len(listed()), 1 + 2 * len(self.odd_names))

    def test_a_name_that_cannot_be_kept_is_told_once_and_costs_its_lease_the_name_alone(self):
        for number, name in enumerate(('bob s laptop', 'b' * 65, 'tab\there'), 10):
            with self.subTest(name=name):
                event(LEASESHELPER, 'add', mac(number), f'10.77.7.{number}', SUPPLIED_HOSTNAME=name)
                said = import_once()
                self.assertIn(f"{FILE}: record {number - 9}: 'hostname' ", said)
                self.assertEqual(len(said.splitlines()), 1, said)
                self.assertNotIn('refused-hostname', listed()[f'10.77.7.{number}'])
                event(LEASESHELPER, 'add', mac(1), f'10.77.7.{100 + number}', 'web')
                self.assertEqual(import_once(), '')
                self.assertIn(f'10.77.7.{100 + number}', resolve('web'))
                event(LEASESHELPER, 'del', mac(1), f'10.77.7.{100 + number}')

    def test_an_identifier_that_dnsmasq_cut_costs_its_lease_no_more(self):
        event(LEASESHELPER, 'add', mac(1), '10.77.7.1', 'web')
        event(LEASESHELPER, 'add', mac(2), '10.77.7.2', 'odd', CLIENT_ID=CUT)
        event(LEASESHELPER, 'add', CUT, 'fd77:7::3', 'six', IAID='7', MAC=mac(3), SERVER_DUID='00:01')
        event(LEASESHELPER, 'add', mac(4), '10.77.7.4', 'later')
        self.assertIn(CUT, FILE.read_text())
        self.assertEqual(import_once(), '')
        self.assertEqual([resolve(name) for name in ('web', 'odd', 'six', 'later')],
                         [{'10.77.7.1'}, {'10.77.7.2'}, {'fd77:7::3'}, {'10.77.7.4'}])
        self.assertFalse(any('client-id' in entry for entry in listed().values()))

    def test_a_record_that_cannot_be_read_is_told_with_its_number_and_the_others_count(self):
        FILE.write_text(json.dumps([record(1, 'web')]))
        import_once()
        FILE.write_text(json.dumps([{'ip-address': '10.77.7.9'}, record(2, 'web'), 5, record(3, 'db', colour={'a': [1]})]))
        said = import_once()
        self.assertIn(f"{FILE}: record 1: has no 'expiry-time'; it is left out (and 1 more problem)", said)
        self.assertEqual((resolve('web'), resolve('db')), ({'10.77.7.2'}, {'10.77.7.3'}))
        self.assertEqual(import_once(), '')


class InPlace(RecordsTest):
    """Ours takes over what libvirt's has left."""

    def test_init_prints_what_libvirt_s_helper_prints(self):
        contents = {
            'an empty file': '',
            'no leases': '[]',
            'names': json.dumps([record(number, name) for number, name in enumerate(self.odd_names, 10)], ensure_ascii=False),
            'what the policy refuses': json.dumps([record(1, 'vm--'), record(2, '101'), record(3, 'localhost')]),
            'other keys and values': json.dumps([record(1, None, hostname=None), record(2, 'web', colour={'a': [1, {}]}, x=None),
                                                 record(3, 'db', **{'client-id': 'ff:00:11'}), {**record(4), 'expiry-time': 0}]),
            'both families': json.dumps([
                record(1, 'web'),
                {'iaid': '7', 'ip-address': 'fd77:7::1', 'mac-address': mac(1), 'hostname': 'six', 'client-id': '00:03:00:01',
                 'server-duid': '00:01:09', 'expiry-time': EXPIRY}]),
        }
        for what, text in contents.items():
            with self.subTest(what=what):
                FILE.write_text(text)
                by_libvirt = event(LEASESHELPER, 'init')
                FILE.write_text(text)
                self.assertEqual(rows(event(HELPER, 'init')), rows(by_libvirt))
                # The second time it is read from the index.
                self.assertEqual(rows(event(HELPER, 'init')), rows(by_libvirt))

    def test_where_init_of_libvirt_s_helper_misleads_dnsmasq_ours_gives_what_is_right(self):
        FILE.write_text(json.dumps([record(1, 'bob s laptop'), record(2, 'odd', **{'client-id': CUT}), record(3, 'www.example.com'), record(5, '../x'),
                                    {'ip-address': '10.77.7.4', 'hostname': 'no-mac', 'expiry-time': EXPIRY},
                                    {'iaid': '7', 'ip-address': 'fd77:7::1', 'mac-address': mac(1), 'client-id': CUT, 'expiry-time': EXPIRY}]))
        self.assertEqual(rows(event(HELPER, 'init')), {
            f'{EXPIRY} {mac(1)} 10.77.7.1 * *', f'{EXPIRY} {mac(2)} 10.77.7.2 odd *', f'{EXPIRY} {mac(3)} 10.77.7.3 * *', f'{EXPIRY} {mac(5)} 10.77.7.5 * *',
            f'{EXPIRY} 01- 10.77.7.4 no-mac *', f'{EXPIRY} 7 fd77:7::1 * 00'})

    def test_init_prints_what_can_be_read_where_libvirt_s_helper_fails(self):
        FILE.write_text(json.dumps([record(1, 'web'), {'ip-address': '10.77.7.9'}, 5, record(2, 'db')]))
        with self.assertRaises(AssertionError):
            event(LEASESHELPER, 'init')
        self.assertEqual(len(rows(event(HELPER, 'init'))), 2)

    def test_an_event_leaves_the_same_records_as_with_libvirt_s_helper_and_the_others_their_bytes(self):
        odd = [record(number, name) for number, name in enumerate([*self.odd_names, 'bob s laptop'], 10)]
        odd += [record(30, 'web', **{'client-id': CUT}), record(31, None, hostname=None, colour={'a': [1, {'ip-address': '10.77.7.30'}]})]
        texts = {'as libvirt writes it': json.dumps(odd, indent=2, ensure_ascii=False) + '\n', 'in one line': json.dumps(odd)}
        events = {'an address anew': ('add', mac(99), '10.77.7.99', 'new'), 'an address again': ('old', mac(98), '10.77.7.30', 'new'),
                  'a name as it was': ('old', mac(10), '10.77.7.10', {'SUPPLIED_HOSTNAME': '_srv'}),
                  'a name that is refused': ('old', mac(10), '10.77.7.10', 'vm--'), 'a number': ('old', mac(10), '10.77.7.10', '101'),
                  'an end': ('del', mac(31), '10.77.7.31'), 'the end of nothing': ('del', mac(97), '10.77.7.97')}
        for layout, text in texts.items():
            for what, call in events.items():
                with self.subTest(layout=layout, event=what):
                    arguments = [word for word in call if isinstance(word, str)]
                    variables = call[-1] if isinstance(call[-1], dict) else {}
                    FILE.write_text(text)
                    event(LEASESHELPER, *arguments, **variables)
                    by_libvirt = json.loads(FILE.read_text())
                    FILE.write_text(text)
                    event(HELPER, *arguments, **variables)
                    by_us = json.loads(FILE.read_text())
                    for entry in by_us:
                        for key in 'domain', 'last-change':
                            entry.pop(key, None)
                    # Where nothing is new, ours writes nothing, and libvirt's helper moves the record to the end.
                    self.assertEqual(sorted(by_us, key=address_of), sorted(by_libvirt, key=address_of))
                    self.assertEqual(self.files(), [FILE.name], 'nothing is put aside')
                    for entry in odd:
                        if entry['ip-address'] != arguments[2]:
                            indent = 2 if layout == 'as libvirt writes it' else None
                            written = json.dumps([entry], indent=indent, ensure_ascii=indent is None)
                            self.assertIn(written[1:-1].strip(), FILE.read_text())

    def test_what_cannot_be_read_at_all_is_kept_byte_by_byte(self):
        kept = ['{"ip-address": "10.77.7.9"}', '5', '{"note" :\t"x"}', '{"expiry-time":"?", "ip-address":"10.77.7.8"}']
        FILE.write_text(f'[{",".join([*kept, json.dumps(record(1, "web"))])}]')
        event(HELPER, 'old', mac(1), '10.77.7.1', 'renamed')
        text = FILE.read_text()
        self.assertTrue(all(element in text for element in kept), text)
        self.assertEqual((resolve('renamed'), resolve('web')), ({'10.77.7.1'}, set()))
        event(HELPER, 'add', mac(8), '10.77.7.8', 'eight')
        self.assertNotIn(kept[-1], FILE.read_text())
        event(HELPER, 'del', mac(9), '10.77.7.9')
        self.assertNotIn(kept[0], FILE.read_text())
        self.assertEqual(self.files(), [FILE.name])

    def test_an_odd_name_stays_while_dnsmasq_tells_nothing_newer_of_its_client(self):
        def name():
            return {entry['ip-address']: entry.get('hostname') for entry in json.loads(FILE.read_text())}['10.77.7.1']

        event(HELPER, 'add', mac(1), '10.77.7.1', SUPPLIED_HOSTNAME='_srv')
        self.assertEqual(name(), '_srv')
        # As after a restart: dnsmasq has dropped the name.
        event(HELPER, 'old', mac(1), '10.77.7.1', DATA_MISSING='1', LEASE_EXPIRES=str(EXPIRY + 1))
        self.assertEqual(name(), '_srv')
        self.assertEqual(resolve('_srv'), set())
        event(HELPER, 'old', mac(2), '10.77.7.1', DATA_MISSING='1')
        self.assertEqual(name(), None)
        event(HELPER, 'add', mac(1), '10.77.7.1', SUPPLIED_HOSTNAME='_srv')
        event(HELPER, 'old', mac(1), '10.77.7.1')
        self.assertEqual(name(), None)
        # A name that dnsmasq took away goes at once.
        event(HELPER, 'add', mac(1), '10.77.7.1', 'web')
        event(HELPER, 'old', mac(1), '10.77.7.1', DATA_MISSING='1', SUPPLIED_HOSTNAME='web')
        self.assertEqual((name(), resolve('web')), (None, set()))


if __name__ == '__main__':
    lab.main()
