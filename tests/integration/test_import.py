"""Leases that dnsmasq keeps to itself, in its own lease file, are imported once."""

import os
import re
import shutil
import subprocess

import lab
from calls import call, lease, mac
from import_lab import ImportTest, inject, row
from lab import INDEX, RUNTIME, Dhclient, leasectl, resolve, reverse
from sandbox import SCRATCH, mount, run
from schemas import validate
from sources import CONFIGURATION, configure, dnsmasq_leases, import_once
from waiting import HUNG

IMPORTER = '/usr/libexec/nss-leases/leases-import'


def failing(path, error, *command):
    """The result of a command while the system opens nothing there."""
    command = [str(word) for word in (*inject(path, error), *command)]
    return subprocess.run(command, capture_output=True, text=True, timeout=HUNG)


class Once(ImportTest):

    def test_no_name_of_a_file_moves_the_terminal_s_cursor_or_forges_a_line(self):
        hostile = SCRATCH / 'written' / 'a\x1b[31m\nleasectl: forged'
        hostile.mkdir(parents=True)
        self.addCleanup(shutil.rmtree, hostile)
        (hostile / 'x.leases').write_text(row(0, 'web'))
        (hostile / 'y.leases').write_text('neither')
        configure(dnsmasq_leases(f'{SCRATCH}/written/*/*.leases'), dnsmasq_leases(f'{SCRATCH}/written/*/y.leases', network='lan'))
        CONFIGURATION.write_text(CONFIGURATION.read_text() + '["\\u001b]0;\\n"]\n')
        for command in ['leasectl', 'import'], ['leasectl', 'rebuild'], [IMPORTER]:
            said = subprocess.run(command, capture_output=True, text=True).stderr
            self.assertNotEqual(said, '')
            for line in said.splitlines():
                self.assertTrue(line.isprintable() and line.isascii(), line)
                self.assertFalse(line.startswith('leasectl: forged'), line)

    def test_a_file_does_not_get_a_network_of_others_by_its_name(self):
        taken = self.written('lan', f'4102444800 {mac(1)} 10.9.9.9 vm1 *\n')
        self.written('other', row(2, 'vm2'))
        starred = dnsmasq_leases(f'{SCRATCH}/written/*')
        configure(starred)
        self.assertEqual(import_once().stderr, '')
        self.assertEqual(resolve('vm1.lan'), {'10.9.9.9'})
        lease(1, 'vm1')
        for mistake in '', '[names]\nallow = 1\n':
            with CONFIGURATION.open('a') as configuration:
                configuration.write(mistake)
            self.assertIn(f"{taken}: others have leases of the network 'lan'", import_once().stderr)
            self.assertEqual((resolve('vm1'), resolve('vm1.lan'), resolve('vm2.other')), ({'10.0.0.1'}, {'10.0.0.1'}, {'10.1.0.2'}))
        configure(dnsmasq_leases(taken, network='lan'), starred)
        self.assertEqual(import_once().stderr, '')
        self.assertEqual(reverse('10.9.9.9'), ['vm1'])

    def test_where_the_index_has_no_room_the_largest_source_is_named(self):
        files = [self.written(f'{size}.leases', ''.join(row(number, f'host-{number}') for number in range(size))) for size in (10, 5000)]
        configure(*(dnsmasq_leases(file, network=file.stem) for file in files))
        RUNTIME.mkdir(exist_ok=True)
        mount('-t', 'tmpfs', '-o', 'size=400k,mode=755', 'small', RUNTIME)
        self.addCleanup(run, 'umount', RUNTIME)
        done = subprocess.run(['leasectl', 'import'], capture_output=True, text=True, timeout=HUNG)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(f'; of all sources {files[1]} has the most leases, 5000', done.stderr)

    def test_the_names_of_a_dnsmasq_that_runs_no_helper(self):
        lan = self.untold(families=(4, 6))
        _, _, web = self.machine(lan, 'web')
        _, _, six = self.machine(lan, 'six', Dhclient, family=6)
        configure(dnsmasq_leases(lan.lease_file, network='lan'))
        self.assertEqual((resolve('web'), resolve('six')), (set(), set()))
        done = import_once()
        self.assertEqual((done.stdout, done.stderr), ('2 leases in 1 network\n', ''))
        self.assertEqual((resolve('web'), resolve('web.lan'), resolve('six')), ({web}, {web}, {six}))
        self.assertEqual((reverse(web), reverse(six)[0]), (['web'], 'six'))
        report = validate(import_once('--json').stdout, 'import.schema.json')
        self.assertEqual(report, {'networks': 1, 'leases': 2, 'damaged': []})
        found, = validate(leasectl('networks', '--json'), 'network-list.schema.json')
        self.assertEqual((found['network'], found['index'], found['sources']), ('lan', 'current', [str(lan.lease_file)]))

    def test_lines_of_later_versions_are_passed_over(self):
        file = self.written(text=row(1, 'web') + 'vendorclass 10.1.0.1 75:64\nagent-info 10.1.0.1 01:02\n' + row(2, 'db'))
        configure(dnsmasq_leases(file, network='lan'))
        self.assertEqual(import_once().stderr, '')
        self.resolves('web', '10.1.0.1')
        self.resolves('db', '10.1.0.2')

    def test_what_did_not_change_is_not_read(self):
        files = [self.written(f'{name}.leases', row(number, name)) for number, name in enumerate(('red', 'blue'))]
        configure(*map(dnsmasq_leases, files))

        def opened():
            trace = SCRATCH / 'trace'
            run('strace', '-f', '-e', 'trace=openat', '-o', trace, 'leasectl', 'import')
            return set(re.findall(r'"(?:[^"]*/)?([a-z]+)\.leases"', trace.read_text()))

        self.assertEqual(opened(), {'red', 'blue'})
        before = lab.identity(INDEX)
        self.assertEqual(opened(), set())
        self.assertEqual(lab.identity(INDEX), before)
        files[0].write_text(row(0, 'crimson'))
        self.assertEqual(opened(), {'red'})
        self.resolves('crimson', '10.1.0.0')
        self.resolves('blue', '10.1.0.1')

    def test_what_is_written_anew_with_the_same_bytes_has_not_changed(self):
        file = self.written(text=row(1, 'web'))
        configure(dnsmasq_leases(file, network='lan'))
        import_once()

        def leases():
            return [line for line in leasectl('dump', '--json').splitlines() if '"snapshot-lease"' in line]

        before = leases()
        self.assertTrue(before)
        for change in (lambda: os.utime(file), lambda: file.write_text(row(1, 'web'))):
            change()
            self.assertEqual(import_once().stderr, '')
            self.assertEqual(leases(), before)
        found, = validate(leasectl('networks', '--json'), 'network-list.schema.json')
        self.assertEqual(found['index'], 'current')


    def test_a_guest_that_has_an_ipv6_lease_only_has_its_name_from_an_event_and_from_an_import(self):
        guests = self.written('lan.macs', '[{"domain": "builder", "macs": ["52:54:00:00:00:07"]}]')
        configure({'kind': 'mac-map', 'path': guests, 'network': 'lan'})
        import_once()
        # As dnsmasq calls it after a restart, when it knows no MAC address any more.
        call('old', '00:03:00:01:52:54:00:00:00:07', 'fd00::7', DNSMASQ_IAID='1', DNSMASQ_SERVER_DUID='00:03:00:01:02:00:00:00:00:01')
        self.resolves('builder', 'fd00::7')
        before = lab.identity(INDEX)
        self.assertEqual(import_once().stderr, '')
        self.assertEqual(lab.identity(INDEX), before)
        INDEX.unlink()
        import_once()
        self.resolves('builder', 'fd00::7')

    def test_what_the_system_fails_to_look_at_stays_and_is_an_exit_status(self):
        file, other = self.written(text=row(1, 'web')), self.written('other.leases', row(2, 'db'))
        hidden = self.closed(file)
        for path in hidden, hidden.with_name('*.leases'):
            with self.subTest(path=path):
                configure(dnsmasq_leases(path, network='lan'), dnsmasq_leases(other, network='lan'))
                hidden.write_text(row(1, 'web'))
                other.write_text(row(2, 'db'))
                import_once()
                hidden.write_text(row(1, 'api'))
                other.write_text(row(2, 'sql'))
                done = failing(hidden.parent, 'ENFILE', 'leasectl', 'import')
                self.assertEqual((done.returncode, done.stdout), (3, ''), done.stderr)
                self.assertIn('Too many open files in system', done.stderr)
                self.assertEqual((resolve('web'), resolve('api'), resolve('sql')), ({'10.1.0.1'}, set(), {'10.1.0.2'}))
                # That does not make dnsmasq's event a failure, and neither does a file that this user may not read.
                for error, command in ('ENFILE', [IMPORTER]), ('EACCES', ('leasectl', 'import')):
                    done = failing(hidden.parent, error, *command)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.assertEqual(resolve('web'), {'10.1.0.1'})
                self.assertEqual(import_once().stderr, '')
                self.assertEqual(resolve('api'), {'10.1.0.1'})


if __name__ == '__main__':
    lab.main()
