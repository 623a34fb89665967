"""Leases that dnsmasq keeps to itself, in its own lease file, are imported: once, or whenever they change."""

import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

import lab
from lab import INDEX, RUNTIME, STATE, Dhclient, Udhcpc, leasectl, resolve, reverse
from sandbox import SCRATCH, mount, run
from calls import lease
from program import Program
from schemas import validate
from sources import CONFIGURATION, configure, dnsmasq_leases, follower, import_once
from waiting import wait_until

NOBODY = pwd.getpwnam('nobody')
IMPORTER = '/usr/libexec/nss-leases/leases-import'
# Looks a name up until its standard input ends, then prints how often it was found and how often not.
READER = '''
import select, socket, sys
found = missed = 0
while not select.select([sys.stdin], [], [], 0)[0]:
    try:
        socket.getaddrinfo(sys.argv[1], None)
        found += 1
    except socket.gaierror:
        missed += 1
print(found, missed)
'''


def row(number, name, expiry=4102444800):
    """A line of dnsmasq's lease file."""
    return f'{expiry} 52:54:00:01:{number >> 8:02x}:{number & 255:02x} 10.1.{number >> 8}.{number & 255} {name} *\n'


def inject(path, error):
    """The beginning of a command line: whatever comes next cannot open anything in a directory, nor list it."""
    return 'strace', '-f', '-o', '/dev/null', '-P', path, '-P', f'{path}/', '-e', f'inject=openat:error={error}'


def failing(path, error, *command):
    """What becomes of a command while the system opens nothing there."""
    command = [str(word) for word in (*inject(path, error), *command)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def watches(follow):
    """How many directories are watched."""
    return sum(path.read_text().count('inotify wd:') for path in pathlib.Path(f'/proc/{follow.process.pid}/fdinfo').iterdir())


class ImportTest(lab.LabTest):

    def setUp(self):
        super().setUp()
        CONFIGURATION.unlink(missing_ok=True)
        self.addCleanup(CONFIGURATION.unlink, missing_ok=True)

    def untold(self, name='lan', **options):
        """A network whose dnsmasq runs no helper."""
        return self.network(name, is_told=False, **options)

    def written(self, name='rows.leases', text=''):
        """A lease file that the test writes itself."""
        file = SCRATCH / 'written' / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        self.addCleanup(file.unlink, missing_ok=True)
        return file

    def closed(self, file):
        """A lease file in a directory of its own."""
        own = file.parent / 'own'
        own.mkdir(exist_ok=True)
        self.addCleanup(shutil.rmtree, own)
        return own / file.name

    def machine(self, network, name, kind=Udhcpc, family=4):
        """A machine that has a lease: the host, its client and its address. dnsmasq has written it down."""
        host = self.host(network, name)
        client = kind(host, name, **({'family': family} if family != 4 else {}))
        address = host.address(family)
        wait_until(lambda: f' {address} {name} ' in network.lease_file.read_text(), lab.SOON, 'a line for the lease')
        return host, client, address


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
                # dnsmasq's event is no failure because of that, nor what this user may not read.
                for error, command in ('ENFILE', [IMPORTER]), ('EACCES', ('leasectl', 'import')):
                    done = failing(hidden.parent, error, *command)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.assertEqual(resolve('web'), {'10.1.0.1'})
                self.assertEqual(import_once().stderr, '')
                self.assertEqual(resolve('api'), {'10.1.0.1'})


class Follow(ImportTest):

    def test_leases_come_change_their_names_and_go(self):
        lan = self.untold()
        configure(dnsmasq_leases(lan.lease_file, network='lan'))
        follow = follower(self)
        # dnsmasq's file without a lease is empty, and might be about to be written.
        self.join(lan, 'other')
        host, client, address = self.join(lan, 'web')
        client.kill()
        again = Udhcpc(host, 'api')
        self.resolves('api', address)
        self.is_gone('web')
        again.release()
        self.is_gone('api')
        follow.process.send_signal(signal.SIGTERM)
        self.assertEqual((follow.result(), follow.err.read_text(), follow.lines()), (0, '', ['0 leases in 1 network']))

    def test_an_index_that_is_removed_is_made_anew(self):
        configure(dnsmasq_leases(self.written(text=row(0, 'web')), network='lan'))
        follower(self)
        for remove in INDEX.unlink, lambda: INDEX.rename(INDEX.with_name('away')), lambda: shutil.rmtree(RUNTIME):
            remove()
            wait_until(lambda: resolve('web'), lab.SOON, 'an index')

    def test_a_report_that_nobody_reads_is_no_failure(self):
        configure(dnsmasq_leases(self.written(text=row(0, 'web')), network='lan'))
        with open('/dev/full', 'w') as full, open(SCRATCH / 'said', 'w+') as said:
            process = subprocess.Popen(['leasectl', 'import', '--follow'], stdout=full, stderr=said)
            self.addCleanup(process.wait)
            self.addCleanup(process.kill)
            wait_until(lambda: resolve('web'), lab.SOON, 'an import')
            index = lab.identity(INDEX)
            time.sleep(2.5)  # it would try again after a second
            self.assertEqual(lab.identity(INDEX), index)
            self.assertEqual((SCRATCH / 'said').read_text().count('cannot be written'), 1)

    def test_networks_of_networkmanager_incus_and_lxd_have_their_names_also_those_that_come_later(self):
        patterns = ['/var/lib/NetworkManager/dnsmasq-*.leases', '/var/lib/incus/networks/*/dnsmasq.leases',
                    '/var/snap/lxd/common/lxd/networks/*/dnsmasq.leases']
        configure(*map(dnsmasq_leases, patterns))
        follow = follower(self)
        for bridge, pattern in zip(('nm0', 'incusbr0', 'lxdbr0'), patterns):
            file = pathlib.Path(pattern.replace('*', bridge))
            file.parent.mkdir(parents=True, exist_ok=True)
            network = self.untold(bridge, lease_file=file)
            _, _, address = self.join(network, f'on-{bridge}')
            self.assertEqual(resolve(f'on-{bridge}.{bridge}'), {address})
            network.stop()
            elsewhere = pathlib.Path('/var/lib/elsewhere')
            os.rename(file.parent, elsewhere)
            self.is_gone(f'on-{bridge}')
            os.rename(elsewhere, file.parent)
            self.resolves(f'on-{bridge}', address)
        self.assertEqual(follow.err.read_text(), '')

    def test_from_a_change_to_the_index_it_takes_no_longer_than_the_file_needs_to_rest(self):
        file = self.written(text=row(0, 'web'))
        configure(dnsmasq_leases(file, network='lan'))
        follower(self)
        took = []
        for number in range(20):
            time.sleep(0.1)
            before = INDEX.stat().st_ino
            start = time.monotonic()
            if number % 2:
                other = file.with_suffix('.new')
                other.write_text(row(0, f'web{number}'))
                os.replace(other, file)
            else:
                file.write_text(row(0, f'web{number}'))
            while INDEX.stat().st_ino == before and time.monotonic() < start + lab.SOON:
                time.sleep(0.0005)
            took.append(time.monotonic() - start)
            self.resolves(f'web{number}', '10.1.0.0')
        took.sort()
        print(f'from a change to the index: median {took[10] * 1000:.1f} ms, longest {took[-1] * 1000:.1f} ms')
        self.assertLess(took[-1], lab.SOON)

    def test_a_name_is_never_missed_while_dnsmasq_writes_its_file_again_and_again(self):
        lan = self.untold()
        configure(dnsmasq_leases(lan.lease_file, network='lan'))
        follow = follower(self)
        self.join(lan, 'steady')
        reader = subprocess.Popen([sys.executable, '-c', READER, 'steady'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        leases = self.burst(lan, 100, 'ci-')
        for address, name in leases:
            self.resolves(name, address)
        found, missed = map(int, reader.communicate()[0].split())
        self.assertEqual(missed, 0)
        self.assertGreater(found, 100)
        self.assertEqual(follow.err.read_text(), '')

    def test_a_file_that_is_written_all_the_time_is_imported_twenty_times_in_a_second_at_most(self):
        file = self.written(text=row(0, 'web'))
        configure(dnsmasq_leases(file, network='lan'))
        follower(self)
        indexes, stopped = set(), threading.Event()

        def look():
            while not stopped.is_set():
                indexes.add((INDEX.stat().st_ino, INDEX.stat().st_ctime_ns))
                time.sleep(0.005)

        looking = threading.Thread(target=look)
        looking.start()
        start = time.monotonic()
        number = 0
        while time.monotonic() < start + 2:
            number += 1
            other = file.with_suffix('.new')
            other.write_text(row(0, f'web{number}'))
            os.replace(other, file)
        passed = time.monotonic() - start
        self.resolves(f'web{number}', '10.1.0.0')
        stopped.set()
        looking.join()
        self.assertGreater(number, 100)
        self.assertLess(len(indexes), passed * 20 + 10)

    def test_the_configuration_is_followed(self):
        follow = follower(self)
        file = self.written(text=row(1, 'web') + row(2, 'db'))
        configure(dnsmasq_leases(file, network='lan'))
        self.resolves('web', '10.1.0.1')
        with CONFIGURATION.open('a') as configuration:
            configuration.write('[names]\ndeny = ["web"]\n')
        self.is_gone('web')
        self.resolves('db', '10.1.0.2')
        self.assertEqual(follow.err.read_text(), '')
        # Somebody is editing it.
        CONFIGURATION.write_text('source = "nonsense\n')
        wait_until(lambda: f'{CONFIGURATION}, line 1' in follow.err.read_text(), lab.SOON, 'a complaint')
        self.resolves('db', '10.1.0.2')
        CONFIGURATION.unlink()
        self.is_gone('db')

    def test_the_configuration_and_a_source_may_be_behind_links_whose_targets_come_and_go(self):
        place = pathlib.Path('/var/elsewhere')
        self.addCleanup(shutil.rmtree, place, ignore_errors=True)
        behind = self.written('link')
        behind.unlink()
        behind.symlink_to(place / 'leases')
        CONFIGURATION.symlink_to(place / 'leases.conf')
        follow = follower(self)
        for number, name in enumerate(('web', 'db')):
            place.mkdir()
            configure(dnsmasq_leases(behind / 'lan.leases'))
            follow.asleep()
            (place / 'leases').mkdir()
            (place / 'leases/lan.leases').write_text(row(number, name))
            self.resolves(name, f'10.1.0.{number}')
            shutil.rmtree(place)
            self.is_gone(name)
        self.assertEqual(follow.err.read_text(), '')

    def test_neither_the_index_nor_its_own_leases_nor_neighbours_of_a_source_wake_it(self):
        file = self.written(text=row(1, 'web'))
        configure(dnsmasq_leases(file, network='lan'))
        follow = follower(self)
        before = follow.switches()
        for number in range(10):
            lease(number, f'own-{number}')
        self.resolves('own-9', '10.0.0.9')
        self.assertEqual(follow.switches(), before)
        children = pathlib.Path(f'/proc/{follow.process.pid}/stat').read_text().split()[11]
        file.with_name('neighbour').write_text('x')
        self.addCleanup(file.with_name('neighbour').unlink)
        follow.asleep()
        self.assertEqual(pathlib.Path(f'/proc/{follow.process.pid}/stat').read_text().split()[11], children)

    def test_an_import_that_fails_is_told_and_made_up_for(self):
        file = self.written(text=row(1, 'web'))
        configure(dnsmasq_leases(file, network='lan'))
        RUNTIME.mkdir()
        mount('-t', 'tmpfs', '-o', 'size=256k,mode=755', 'small', RUNTIME)
        self.addCleanup(run, 'umount', RUNTIME)
        follow = follower(self)
        filler = RUNTIME / 'filler'
        with filler.open('wb', buffering=0) as full, self.assertRaises(OSError):
            while True:
                full.write(bytes(4096))
        file.write_text(row(2, 'db'))
        wait_until(lambda: 'No space left on device' in follow.err.read_text(), lab.SOON, 'a complaint')
        self.resolves('web', '10.1.0.1')
        self.assertIsNone(follow.process.poll())
        filler.unlink()
        self.resolves('db', '10.1.0.2')
        self.assertEqual(len(follow.err.read_text().splitlines()), 1)

    def test_what_the_system_failed_to_look_at_is_looked_at_again(self):
        file, other = self.closed(self.written(text=row(1, 'web'))), self.written('other.leases', row(2, 'db'))
        for path in file, file.with_name('*.leases'):
            with self.subTest(path=path):
                file.write_text(row(1, 'web'))
                other.write_text(row(2, 'db'))
                configure(dnsmasq_leases(path, network='lan'), dnsmasq_leases(other, network='lan'))
                follow = follower(self)
                system = Program(self, *inject(file.parent, 'ENFILE'), '-p', follow.process.pid)
                tracer = re.compile(r'^TracerPid:\s*[1-9]', re.M)
                wait_until(lambda: tracer.search(pathlib.Path(f'/proc/{follow.process.pid}/status').read_text()), lab.SOON, 'strace')
                file.write_text(row(1, 'api'))
                wait_until(lambda: 'Too many open files in system' in follow.err.read_text(), lab.SOON, follow.err.read_text)
                other.write_text(row(2, 'sql'))
                self.resolves('sql', '10.1.0.2')
                self.assertEqual(resolve('web'), {'10.1.0.1'})
                system.process.send_signal(signal.SIGINT)
                system.process.wait(lab.SOON)
                self.resolves('api', '10.1.0.1')
                follow.process.send_signal(signal.SIGTERM)
                self.assertEqual((follow.result(), follow.lines()), (0, ['2 leases in 1 network']))

    def test_a_watch_that_is_refused_is_told_and_ends_no_other(self):
        zed = self.written('zed.leases', row(1, 'zed'))
        parent = self.closed(self.written()).parent
        red, blue = (parent / name / 'dnsmasq.leases' for name in ('red', 'blue'))
        red.parent.mkdir()
        red.write_text(row(2, 'red'))
        configure(dnsmasq_leases(parent / '*/dnsmasq.leases'), dnsmasq_leases(zed))
        follow = follower(self, 'unshare', '--user', '--map-root-user')
        before = watches(follow)
        self.limit_watches(follow, before)
        blue.parent.mkdir()
        blue.write_text(row(3, 'blue'))
        self.resolves('blue', '10.1.0.3')
        wait_until(lambda: 'fs.inotify.max_user_watches' in follow.err.read_text(), lab.SOON, 'a complaint')
        for number, file in enumerate((zed, red, blue)):
            file.write_text(row(number, f'{file.parent.name}-again'))
            self.resolves(f'{file.parent.name}-again', f'10.1.0.{number}')
        self.assertEqual(watches(follow), before)
        self.limit_watches(follow, before + 1)
        wait_until(lambda: watches(follow) == before + 1, lab.SOON, 'a watch on the last directory')
        self.assertEqual(len(follow.err.read_text().splitlines()), 1)

    def test_the_index_is_watched_as_soon_as_there_is_a_watch_for_it(self):
        configure(dnsmasq_leases(self.written(text=row(1, 'web')), network='lan'))
        follow = follower(self, 'unshare', '--user', '--map-root-user')
        enough = watches(follow)
        follow.process.send_signal(signal.SIGTERM)
        follow.result()
        # The index's directory is the last that is watched.
        follow = follower(self, 'unshare', '--user', '--map-root-user', 'sh', '-c',
                          f'echo {enough - 1} > /proc/sys/user/max_inotify_watches; exec "$@"', 'sh')
        wait_until(lambda: 'fs.inotify.max_user_watches' in follow.err.read_text(), lab.SOON, 'a complaint')
        self.limit_watches(follow, enough)
        wait_until(lambda: watches(follow) == enough, lab.SOON, 'a watch on the last directory')
        INDEX.unlink()
        self.resolves('web', '10.1.0.1')
        self.assertEqual(len(follow.lines()), 1)

    def limit_watches(self, follow, count):
        run('nsenter', '--user', '--target', follow.process.pid, 'sh', '-c', f'echo {count} > /proc/sys/user/max_inotify_watches')

    def test_where_the_directories_belong_to_another_user(self):
        for directory in STATE, RUNTIME:
            directory.mkdir()
            os.chown(directory, NOBODY.pw_uid, NOBODY.pw_gid)
        file = self.written(text=row(1, 'web'))
        configure(dnsmasq_leases(file, network='lan'))
        follow = follower(self)
        for number in range(3):
            file.write_text(row(1, f'web{number}'))
            self.resolves(f'web{number}', '10.1.0.1')
        self.assertEqual({path.stat().st_uid for path in (STATE, *RUNTIME.rglob('*'))}, {NOBODY.pw_uid})
        self.assertEqual(follow.err.read_text(), '')

    def test_its_memory_stays_small(self):
        file = self.written(text=''.join(row(number, f'host-{number}') for number in range(20000)))
        configure(dnsmasq_leases(file, network='lan'))
        follow = follower(self)
        for number in range(3):
            file.write_text(''.join(row(other, f'host-{other}-{number}') for other in range(20000)))
            self.resolves(f'host-19999-{number}', '10.1.78.31')
        status = pathlib.Path(f'/proc/{follow.process.pid}/status').read_text()
        own = int(re.search(r'^RssAnon:\s*(\d+) kB', status, re.M)[1])
        print(f'memory of its own: {own} kB')
        self.assertLess(own, 4096)


if __name__ == '__main__':
    lab.main()
