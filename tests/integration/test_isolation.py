"""Whatever happens to one file, the names of all other networks resolve, the problem is reported, and the names that were read from that
file before stay."""

import json
import os
import pwd
import shutil
import socket
import subprocess
import time

import lab
from calls import call, lease
from lab import RUNTIME, STATE, leasectl
from libvirt import STATE as LIBVIRT
from network import HELPER
from sandbox import SCRATCH
from schemas import validate
from sources import CONFIGURATION, configure, dnsmasq_leases, import_once
from waiting import HUNG

NOBODY = pwd.getpwnam('nobody')
EXPIRY = 4102444800
LONG_AGO = 60
MEGABYTES = 100


def record(network, number, **more):
    return {'ip-address': f'10.{network}.0.{number}', 'mac-address': f'52:54:00:{network:02x}:00:{number:02x}', 'expiry-time': EXPIRY, **more}


class Kind:
    """A kind of file: the path of one, its text, the names from it, and its network."""

    def __init__(self, path, text, names, network, large):
        self.path, self.text, self.names, self.network, self.large = path, text, names, network, large


def large_status(network):
    rows = ',\n'.join(json.dumps(record(network, number % 256, hostname=f'many-{number}')) for number in range(1000))
    return '[' + (rows + ',\n') * (MEGABYTES * 1_000_000 // len(rows)) + rows + ']\n'


def large_leases():
    rows = ''.join(f'{EXPIRY} 52:54:00:05:{number >> 8 & 255:02x}:{number & 255:02x} 10.5.{number >> 8 & 255}.{number & 255} many-{number} *\n'
                   for number in range(10000))
    return rows * (MEGABYTES * 1_000_000 // len(rows))


def large_map():
    rows = ',\n'.join(json.dumps({'domain': f'many-{number}', 'macs': [f'52:54:00:06:{number >> 8:02x}:{number & 255:02x}']}) for number in range(10000))
    return '[' + (rows + ',\n') * (MEGABYTES * 1_000_000 // len(rows)) + rows + ']\n'


OWN = Kind(STATE / 'own.status', json.dumps([record(3, 1, hostname='own-name')], indent=2) + '\n', {'own-name': '10.3.0.1'}, 'own', lambda: large_status(3))
STATUS = Kind(LIBVIRT / 'virbr4.status', json.dumps([record(4, 1, hostname='vm-name')], indent=2) + '\n', {'vm-name': '10.4.0.1'}, 'virbr4', lambda: large_status(4))
LEASES = Kind(SCRATCH / 'others/others.leases', f'{EXPIRY} 52:54:00:05:00:01 10.5.0.1 box-name *\n', {'box-name': '10.5.0.1'}, 'others', large_leases)
MAP = Kind(LIBVIRT / 'virbr6.macs', json.dumps([{'domain': 'guest-name', 'macs': ['52:54:00:06:00:01']}], indent=2) + '\n', {'guest-name': '10.6.0.1'},
           'virbr6', large_map)
KINDS = [OWN, STATUS, LEASES, MAP]
# It goes with MAP.
GUESTS = LIBVIRT / 'virbr6.status'


def present(name):
    """The address of a name, asked in this process, which is fast; None if there is none."""
    try:
        return socket.getaddrinfo(name, None, socket.AF_INET, socket.SOCK_STREAM)[0][4][0]
    except socket.gaierror:
        return None


def age(path):
    """No program is writing it any more."""
    then = time.time() - LONG_AGO
    os.utime(path, (then, then), follow_symlinks=False)


def remove(path):
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


class Isolation(lab.LabTest):

    def setUp(self):
        super().setUp()
        for directory in LIBVIRT, LEASES.path.parent:
            shutil.rmtree(directory, ignore_errors=True)
            directory.mkdir(parents=True)
            self.addCleanup(shutil.rmtree, directory)
        self.addCleanup(CONFIGURATION.unlink, missing_ok=True)
        STATE.mkdir()
        configure(dnsmasq_leases(LEASES.path))
        self.furnish()
        lease(1, 'bystander')
        import_once()
        # This process may look at the index of the test before, which was removed, for a tenth of a second.
        time.sleep(0.2)
        self.assert_all_there()

    def furnish(self):
        GUESTS.write_text(json.dumps([record(6, 1)]))
        for kind in KINDS:
            self.put(kind, kind.text)

    def put(self, kind, content):
        """Puts another file in place of the current one."""
        remove(kind.path)
        kind.path.write_bytes(content if isinstance(content, bytes) else content.encode())
        age(kind.path)

    def assert_all_there(self, but=()):
        for name, address in {name: address for kind in KINDS for name, address in kind.names.items()}.items():
            if name not in but:
                self.assertEqual(present(name), address, name)
        self.assertEqual(present('bystander'), '10.0.0.1')

    def states(self):
        return {entry['network']: entry['index'] for entry in validate(leasectl('networks', '--json'), 'network-list.schema.json')}

    def checked(self):
        """The problems of the two topics about files."""
        done = subprocess.run(['leasectl', 'check', '--json'], capture_output=True, text=True, timeout=HUNG)
        findings = validate(done.stdout, 'check.schema.json')['findings']
        return [finding for finding in findings if finding['topic'] in ('status', 'sources') and finding['severity'] == 'problem']

    def assert_named(self, kind, said):
        """import, networks and check name the bad file and no other."""
        self.assertIn(str(kind.path), said)
        self.assertEqual(len(said.splitlines()), 1, said)
        problems = self.checked()
        self.assertTrue(problems)
        self.assertTrue(all(str(kind.path) in problem['text'] and (problem.get('remedy') or problem['look-at']) for problem in problems), problems)
        states = self.states()
        # Our own file is set aside, and a sound one takes its place.
        self.assertEqual(states[kind.network], 'current' if kind is OWN else 'damaged')
        self.assertEqual({state for network, state in states.items() if network != kind.network}, {'current'})

    def fixed(self, kind):
        for aside in STATE.glob('*.damaged-*'):
            remove(aside)
        self.put(kind, kind.text)
        self.assertEqual(import_once().stderr, '')
        self.assertEqual(set(self.states().values()), {'current'})
        self.assertEqual(self.checked(), [])
        self.assert_all_there()

    def damages(self, kind):
        """What can be in place of a file, and how to put it there."""
        path = kind.path
        victim = SCRATCH / 'victim'
        victim.write_text(kind.text)
        yield 'garbage', lambda: path.write_bytes(bytes(range(256)) * 4)
        yield 'garbage in lines', lambda: path.write_text('one two three\n' * 10)
        yield 'a directory', path.mkdir
        yield 'a FIFO', lambda: os.mkfifo(path)
        yield 'a link to a file', lambda: self.link(kind, victim)
        yield 'a link to nowhere', lambda: self.link(kind, '/nowhere')
        yield 'a device', lambda: os.mknod(path, 0o666 | 0o020000, os.makedev(1, 5))

    def link(self, kind, target):
        """A link that root owns is followed to a source."""
        kind.path.symlink_to(target)
        if kind is not OWN:
            os.lchown(kind.path, NOBODY.pw_uid, NOBODY.pw_gid)

    def test_a_file_that_was_replaced_by_something_else(self):
        for kind in KINDS:
            for what, put in self.damages(kind):
                with self.subTest(file=kind.path.name, what=what):
                    remove(kind.path)
                    put()
                    age(kind.path)
                    done = import_once()
                    self.assert_all_there()
                    self.assert_named(kind, done.stderr)
                    self.fixed(kind)

    def test_a_file_that_was_cut_off_at_any_length(self):
        for kind in KINDS:
            whole = kind.text.encode()
            # JSON is whole without its last byte, the newline. An empty file of another program is whole, too.
            lengths = range(kind is not OWN, len(whole) - (kind is not LEASES))
            for length in lengths:
                with self.subTest(file=kind.path.name, length=length):
                    self.put(kind, whole[:length])
                    said = import_once().stderr
                    self.assert_all_there()
                    self.assertIn(str(kind.path), said)
            for aside in STATE.glob('*.damaged-*'):
                aside.unlink()
            self.fixed(kind)

    def test_a_hundred_megabytes_of_garbage(self):
        for kind in KINDS:
            with self.subTest(file=kind.path.name):
                self.put(kind, b'[{"ip' + b'\xff{"\n' * (MEGABYTES * 250_000))
                done = import_once()
                self.assert_all_there()
                self.assert_named(kind, done.stderr)
                self.fixed(kind)

    def test_a_hundred_megabytes_that_look_right(self):
        for kind in KINDS:
            with self.subTest(file=kind.path.name):
                self.put(kind, kind.large())
                import_once()
                self.assert_all_there(but=kind.names)
                lease(2, 'meanwhile')
                self.assertEqual(present('meanwhile'), '10.0.0.2')
                self.fixed(kind)

    def test_files_that_the_owner_of_the_state_directory_may_not_read(self):
        for path in (STATE, RUNTIME, *STATE.iterdir(), *RUNTIME.iterdir()):
            os.chown(path, NOBODY.pw_uid, NOBODY.pw_gid)
        for kind in STATUS, LEASES, MAP:
            with self.subTest(file=kind.path.name):
                kind.path.chmod(0)
                done = import_once()
                self.assert_all_there()
                self.assert_named(kind, done.stderr)
                kind.path.chmod(0o644)
                self.assertEqual(import_once().stderr, '')
                self.assertEqual(self.checked(), [])
        with self.subTest('their directory'):
            LIBVIRT.chmod(0)
            said = import_once().stderr
            self.assertIn(f'{LIBVIRT}: cannot be read', said)
            self.assertEqual(len(said.splitlines()), 1, said)
            self.assert_all_there()
            LIBVIRT.chmod(0o755)
            self.assertEqual(import_once().stderr, '')
            self.assert_all_there()

    def test_root_reads_what_nobody_may(self):
        for kind in KINDS:
            kind.path.chmod(0)
            self.assertEqual(import_once().stderr, '')
            self.assert_all_there()

    def test_of_its_own_file_the_helper_tells_in_the_log_of_dnsmasq(self):
        event = [HELPER, 'old', '52:54:00:03:00:02', '10.3.0.2', 'second']
        environment = {'DNSMASQ_INTERFACE': 'own', 'DNSMASQ_LEASE_EXPIRES': str(EXPIRY)}
        for what, put in self.damages(OWN):
            with self.subTest(what=what):
                remove(OWN.path)
                put()
                done = subprocess.run(event, env=environment, capture_output=True, text=True, timeout=HUNG)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(f'leaseshelper: {OWN.path} ', done.stderr)
                self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
                self.assert_all_there()
                self.assertEqual(present('second'), '10.3.0.2')
                for aside in STATE.glob('*.damaged-*'):
                    remove(aside)
                call('del', '52:54:00:03:00:02', '10.3.0.2', 'second', DNSMASQ_INTERFACE='own')


if __name__ == '__main__':
    lab.main()
