"""Leases that dnsmasq keeps to itself, in its own lease file, are imported whenever they change."""

import json
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
from calls import lease
from import_lab import READER, ImportTest, inject, row
from lab import INDEX, RUNTIME, STATE, Udhcpc, resolve
from program import Program
from sandbox import SCRATCH, mount, run
from sources import CONFIGURATION, configure, dnsmasq_leases, follower
from waiting import wait_until

NOBODY = pwd.getpwnam('nobody')


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
            wait_until(lambda: 'cannot be written' in (SCRATCH / 'said').read_text(), lab.SOON, 'a complaint')
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

    def test_the_domain_of_a_network_of_libvirt_s_is_followed(self):
        directory = pathlib.Path('/var/lib/libvirt/dnsmasq')
        directory.mkdir(parents=True, exist_ok=True)
        configuration, file = directory / 'lab.conf', directory / 'virbr7.status'
        for path in configuration, file:
            self.addCleanup(path.unlink)
        file.write_text(json.dumps([{'ip-address': '10.1.0.7', 'mac-address': '52:54:00:00:00:07', 'hostname': 'web', 'expiry-time': 4102444800}]))
        follow = follower(self)
        for domain in 'lab.test', 'other.test':
            configuration.write_text(f'domain={domain}\nexpand-hosts\ninterface=virbr7\n')
            self.resolves(f'web.{domain}', '10.1.0.7')
        self.assertEqual(resolve('web.lab.test'), set())
        self.assertEqual(follow.err.read_text(), '')

    def test_every_change_is_seen_whether_the_file_is_replaced_or_written_in_place(self):
        file = self.written(text=row(0, 'web'))
        configure(dnsmasq_leases(file, network='lan'))
        follower(self)
        for number in range(20):
            text = row(0, f'web{number}')
            if number % 2:
                self.replace(file, text)
            else:
                file.write_text(text)
            self.resolves(f'web{number}', '10.1.0.0')

    @staticmethod
    def replace(file, text):
        other = file.with_suffix('.new')
        other.write_text(text)
        os.replace(other, file)

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
                # Its time would not do: an import that changes little writes through a mapping.
                indexes.add(lab.identity(INDEX))
                time.sleep(0.005)

        looking = threading.Thread(target=look)
        looking.start()
        start = time.monotonic()
        number = 0
        # However slow the machine is.
        while time.monotonic() < start + 2 or number <= 100:
            number += 1
            self.replace(file, row(0, f'web{number}'))
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
        # An editor is writing it.
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
        # /etc and /var are overlays here, so /etc/hosts and, on a machine that has it, libvirt's directory would be looked at every second.
        configure(dnsmasq_leases(file, network='lan'), libvirt_directory='')
        with CONFIGURATION.open('a') as configuration:
            configuration.write('[names]\nhosts-files = []\n')
        follow = follower(self).asleep(for_good=True)
        before = follow.switches()
        for number in range(10):
            lease(number, f'own-{number}')
        self.resolves('own-9', '10.0.0.9')
        self.assertEqual(follow.switches(), before)

        def faults_of_children():
            return pathlib.Path(f'/proc/{follow.process.pid}/stat').read_text().split()[10]

        before = faults_of_children()
        file.with_name('neighbour').write_text('x')
        self.addCleanup(file.with_name('neighbour').unlink)
        follow.asleep(for_good=True)
        self.assertEqual(faults_of_children(), before)
        file.write_text(row(1, 'other'))
        self.resolves('other', '10.1.0.1')
        wait_until(lambda: faults_of_children() != before, lab.SOON, 'the trace that an import leaves')

    def test_an_import_that_fails_is_told_and_made_up_for(self):
        file = self.written(text=row(1, 'web'))
        configure(dnsmasq_leases(file, network='lan'))
        RUNTIME.mkdir()
        mount('-t', 'tmpfs', '-o', 'size=256k,mode=755', 'small', RUNTIME)
        self.addCleanup(run, 'umount', '--lazy', RUNTIME)
        follow = follower(self)
        filler = RUNTIME / 'filler'
        with filler.open('wb', buffering=0) as full, self.assertRaises(OSError):
            while True:
                full.write(bytes(4096))
        # More than the index has room for without being written again.
        file.write_text(''.join(row(number, f'db-{number}') for number in range(2, 100)))
        wait_until(lambda: 'No space left on device' in follow.err.read_text(), lab.SOON, 'a complaint')
        self.resolves('web', '10.1.0.1')
        self.assertIsNone(follow.process.poll())
        filler.unlink()
        self.resolves('db-99', '10.1.0.99')
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
        before = self.watches(follow)
        self.limit_watches(follow, before)
        blue.parent.mkdir()
        blue.write_text(row(3, 'blue'))
        self.resolves('blue', '10.1.0.3')
        wait_until(lambda: 'fs.inotify.max_user_watches' in follow.err.read_text(), lab.SOON, 'a complaint')
        for number, file in enumerate((zed, red, blue)):
            file.write_text(row(number, f'{file.parent.name}-again'))
            self.resolves(f'{file.parent.name}-again', f'10.1.0.{number}')
        self.assertEqual(self.watches(follow), before)
        self.limit_watches(follow, before + 1)
        wait_until(lambda: self.watches(follow) == before + 1, lab.SOON, 'a watch on the last directory')
        self.assertEqual(len(follow.err.read_text().splitlines()), 1)

    def test_the_index_is_watched_as_soon_as_there_is_a_watch_for_it(self):
        configure(dnsmasq_leases(self.written(text=row(1, 'web')), network='lan'))
        follow = follower(self, 'unshare', '--user', '--map-root-user')
        enough = self.watches(follow)
        follow.process.send_signal(signal.SIGTERM)
        follow.result()
        # The index's directory is the last one to be watched.
        follow = follower(self, 'unshare', '--user', '--map-root-user', 'sh', '-c',
                          f'echo {enough - 1} > /proc/sys/user/max_inotify_watches; exec "$@"', 'sh')
        wait_until(lambda: 'fs.inotify.max_user_watches' in follow.err.read_text(), lab.SOON, 'a complaint')
        self.limit_watches(follow, enough)
        wait_until(lambda: self.watches(follow) == enough, lab.SOON, 'a watch on the last directory')
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
