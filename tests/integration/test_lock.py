"""What dnsmasq and its clients see while the helper cannot go on: its lock is held by a process that is stopped, or the state directory cannot be written."""

import fcntl
import os
import pathlib
import signal
import subprocess
import sys
import time

import lab
import sandbox
from importer import GOES_ON, IMPORTER, in_place_of_importer
from lab import RUNTIME, STATE, Udhcpc, record, resolve
from sandbox import run
from waiting import HUNG

HELPER = '/usr/libexec/nss-leases/leaseshelper'
EVENT = {'DNSMASQ_INTERFACE': 'blue', 'DNSMASQ_LEASE_EXPIRES': '4102444800'}
HOLD = """
import fcntl, os, signal, sys
file = os.open(sys.argv[1], os.O_RDWR)
fcntl.lockf(file, fcntl.LOCK_EX)
print('held', flush=True)
os.kill(os.getpid(), signal.SIGSTOP)
"""


class Holder:
    """A process that was stopped while it held the lock."""

    def __init__(self, test):
        self.process = subprocess.Popen([sys.executable, '-c', HOLD, STATE / 'lock'], stdout=subprocess.PIPE, text=True)
        test.addCleanup(self.end)
        assert self.process.stdout.readline() == 'held\n'
        state = pathlib.Path(f'/proc/{self.process.pid}/stat')
        lab.wait_until(lambda: state.read_text().split()[2] == 'T', lab.SOON, 'a process that is stopped')

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)
        self.process.wait(lab.SOON)

    def end(self):
        self.process.kill()
        self.process.communicate()


class Lock(lab.LabTest):

    def gets_an_address(self, network, name):
        host = self.host(network, name)
        return Udhcpc(host, name), host.address()

    def log_has(self, network, text):
        lab.wait_until(lambda: text in network.log(), lab.SOON, lambda: f'"{text}" in the log:\n{network.log()}')

    def is_renewed(self, network, client, address):
        before = len(network.log())
        client.renew()
        lab.wait_until(lambda: f'DHCPACK(lan) {address}' in network.log()[before:], lab.SOON, 'a renewal of the lease')

    def test_a_process_that_is_stopped_with_the_lock_holds_events_up_but_no_client_and_no_start_of_dnsmasq(self):
        network = self.network(leasefile_ro=True)
        _, before, address = self.join(network, 'before')
        network.stop()
        holder = Holder(self)
        network.start()
        self.is_renewed(network, before, address)
        _, late = self.gets_an_address(network, 'late')
        self.assertNotIn('DHCPNAK', network.log())
        told = f'{STATE}/lock: waiting for it: process {holder.process.pid} ('
        self.log_has(network, told)
        self.assertIn(f'let that go on (kill -CONT {holder.process.pid}) or end it (kill -KILL {holder.process.pid})', network.log())
        self.assertEqual((resolve('before'), resolve('late')), ({address}, set()))
        holder.go_on()
        self.resolves('late', late)
        self.assertEqual(record(network, late)['hostname'], 'late')
        self.assertNotIn('script process exited', network.log())

    def test_who_waits_says_which_process_it_waits_for(self):
        self.lease(1, 'red')
        for verb in 'rebuild', 'import':
            with self.subTest(verb=verb):
                holder = Holder(self)
                waits = subprocess.Popen(['leasectl', verb], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                self.addCleanup(waits.communicate)
                self.addCleanup(waits.kill)
                program = pathlib.Path(f'/proc/{holder.process.pid}/comm').read_text().strip()
                process = f'process {holder.process.pid} ({program})'
                told = waits.stderr.readline()
                self.assertTrue(told.startswith(f'leasectl: {STATE}/lock: waiting for it: {process} holds it; '), told)
                holder.go_on()
                self.assertEqual((waits.wait(lab.SOON), waits.stderr.read()), (0, ''))

    def test_a_source_that_cannot_be_read_in_the_end_does_not_keep_dnsmasq_from_starting(self):
        network = self.network(leasefile_ro=True)
        _, client, address = self.join(network, 'before')
        network.stop()
        # As it hangs when a file is on a server that does not answer.
        in_place_of_importer(self, f'case "$*" in *--init=*) {GOES_ON};; esac\nexec sleep 60')
        (RUNTIME / 'hosts.idx').unlink()
        network.start()
        self.log_has(network, 'leases-import: gave up waiting for it')
        self.is_renewed(network, client, address)
        self.assertNotIn('DHCPNAK', network.log())

    def stops(self, pattern):
        """Stops the importer, if called with such options, before it does anything."""
        in_place_of_importer(self, f'case "$*" in {pattern}) kill -STOP $$;; esac\n{GOES_ON}')

    def test_an_event_is_noted_though_a_file_that_is_imported_hangs(self):
        self.lease(1, 'red')
        (RUNTIME / 'hosts.idx').unlink()
        self.stops('*')
        done = subprocess.run([HELPER, 'add', '52:54:00:00:00:02', '10.9.0.2', 'late'], capture_output=True, text=True, timeout=HUNG,
                              env={'DNSMASQ_INTERFACE': 'red', 'DNSMASQ_LEASE_EXPIRES': '0'})
        self.assertIn('gave up waiting for it', done.stderr)
        self.assertIn('10.9.0.2', (STATE / 'red.status').read_text())

    def test_a_lease_file_that_cannot_be_read_in_the_end_holds_up_one_event_a_minute(self):
        self.lease(1, 'red')
        network = self.network()
        self.stops('*')
        self.join(network, 'first')
        paused = RUNTIME / 'import-paused'
        lab.wait_until(paused.exists, lab.SOON, 'a pause')

        def joins_in_the_pause(name):
            # The minute is not over, however long the others took.
            paused.write_text(str(int(time.time())))
            self.join(network, name)

        for name in 'second', 'third':
            joins_in_the_pause(name)
        self.assertEqual(network.log().count('gave up waiting for it'), 1, network.log())
        IMPORTER.write_text(f'#!/bin/sh\n{GOES_ON}\n')
        joins_in_the_pause('fourth')
        self.assertIn(' file pending ', (STATE / 'servers/known').read_text())
        paused.write_text(str(int(paused.read_text()) - 60))
        self.join(network, 'fifth')
        lab.wait_until(lambda: ' file followed ' in (STATE / 'servers/known').read_text(), lab.SOON, network.log)

    def init_in_time(self):
        """The output of init within the 3 seconds that it may wait altogether, and some more. A busy machine may need several attempts."""
        waited = []
        while len(waited) < 10 and min(waited, default=HUNG) > 4.5:
            begin = time.monotonic()
            printed = subprocess.run([HELPER, 'init'], capture_output=True, text=True, timeout=HUNG)
            waited.append(time.monotonic() - begin)
            self.assertEqual(printed.returncode, 0, printed.stderr)
        self.assertLess(min(waited), 4.5, printed.stderr)
        return printed.stdout

    def test_init_waits_three_seconds_at_most_for_all_that_holds_it_up(self):
        network = self.network()
        _, _, address = self.join(network, 'known')
        network.stop()
        Holder(self)
        # The importer that reads lease files; the status files can be read.
        self.stops('--config=*')
        self.assertIn(f' {address} known ', self.init_in_time())

    def test_init_waits_no_longer_for_the_status_files_than_for_all_else(self):
        self.lease(1, 'red')
        file = STATE / 'red.status'
        file.write_text(file.read_text().replace('host-1', 'edited'))
        self.stops('*')
        self.assertIn(' 10.9.0.1 host-1 ', self.init_in_time())

    def test_a_container_that_has_the_runtime_directory_can_hold_nobody_up(self):
        network = self.network()
        self.join(network, 'before')
        held = subprocess.Popen([sys.executable, '-c', """
import fcntl, os, sys
for name in os.listdir(sys.argv[1]):
    fcntl.lockf(os.open(os.path.join(sys.argv[1], name), os.O_RDONLY), fcntl.LOCK_SH)
os.chdir(sys.argv[1]); fcntl.flock(os.open('.', os.O_RDONLY), fcntl.LOCK_EX)
print('held', flush=True); sys.stdin.read()
""", RUNTIME], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(held.communicate)
        self.assertEqual(held.stdout.readline(), 'held\n')
        self.join(network, 'after')

    def blocked(self, *call):
        """The helper when it has something to report, and its standard error has no reader."""
        reading, writing = os.pipe()
        self.addCleanup(os.close, reading)
        fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
        os.write(writing, b'x' * 4096)
        helper = subprocess.Popen([HELPER, *call], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=writing, env=EVENT)
        os.close(writing)
        self.addCleanup(helper.wait)
        self.addCleanup(helper.kill)
        children = pathlib.Path(f'/proc/{helper.pid}/task/{helper.pid}/children')

        def waits():
            pids = [helper.pid, *children.read_text().split()]
            return any('pipe_write' in pathlib.Path(f'/proc/{pid}/wchan').read_text() for pid in pids)

        lab.wait_until(waits, lab.SOON, 'a helper that waits for whoever reads its complaints')

    def lease(self, number, network):
        run(HELPER, 'add', f'52:54:00:77:00:{number:02}', f'10.9.0.{number}', f'host-{number}', env={**EVENT, 'DNSMASQ_INTERFACE': network}, timeout=HUNG)

    def test_who_does_not_read_complaints_holds_up_no_other_event(self):
        for number, network in enumerate(('red', 'blue')):
            self.lease(number, network)
        with self.subTest('init warns'):
            self.blocked('init')
            self.lease(3, 'red')
        with self.subTest('a damaged file'):
            (STATE / 'blue.status').write_text('[')
            (RUNTIME / 'hosts.idx').unlink()
            self.blocked('add', '52:54:00:77:00:04', '10.9.0.4', 'host-4')
            self.lease(5, 'red')
        self.assertEqual([resolve(f'host-{number}') for number in (0, 3, 5)], [{'10.9.0.0'}, {'10.9.0.3'}, {'10.9.0.5'}])

    def state_directory_of_its_own(self):
        STATE.mkdir()
        sandbox.mount('-t', 'tmpfs', '-o', 'size=64k,mode=755', 'tmpfs', STATE)
        self.addCleanup(run, 'umount', '--lazy', STATE)

    def goes_on_without(self, broken, repair, reason):
        """dnsmasq starts, its clients keep their leases and get new ones; names that are known stay. After the repair the next event has all its effect."""
        self.state_directory_of_its_own()
        network = self.network(leasefile_ro=True)
        _, before, address = self.join(network, 'before')
        broken()
        network.restart()
        self.is_renewed(network, before, address)
        late, late_address = self.gets_an_address(network, 'late')
        self.log_has(network, reason)
        self.log_has(network, 'script process exited with status 1')
        self.assertEqual((resolve('before'), resolve('late')), ({address}, set()))
        repair()
        late.renew()
        self.resolves('late', late_address)
        self.assertEqual(record(network, late_address)['hostname'], 'late')
        network.restart()
        self.is_renewed(network, before, address)
        self.is_renewed(network, late, late_address)
        self.assertNotIn('DHCPNAK', network.log())

    def test_a_state_directory_that_becomes_read_only_and_writable_again(self):
        self.goes_on_without(lambda: sandbox.mount('-o', 'remount,ro', STATE), lambda: sandbox.mount('-o', 'remount,rw', STATE),
                             f'{STATE}/.lan.status.new: cannot be created: Read-only file system; make that file system writable')

    def test_a_state_directory_on_a_full_disk(self):
        filling = STATE / 'filling'

        def fill():
            with filling.open('wb', buffering=0) as file:
                try:
                    while file.write(b'x' * os.statvfs(STATE).f_bsize):
                        pass
                except OSError:
                    pass

        self.goes_on_without(fill, filling.unlink, f'{STATE}/.lan.status.new: cannot be written: No space left on device; make room on that file system')


if __name__ == '__main__':
    lab.main()
