"""Importing a file while a program writes it, and what goes on meanwhile."""

import os
import signal
import subprocess
import sys

import lab
from calls import lease
from import_lab import READER, ImportTest, row
from lab import Udhcpc, resolve
from program import Program
from sandbox import SCRATCH, mount, run
from sources import configure, dnsmasq_leases, follower, import_once
from waiting import wait_until


def delayed(file, call, when):
    """The beginning of a command line: a system call on a file takes some seconds, before or after it is done."""
    return 'strace', '-f', '-qq', '-o', '/dev/null', '-P', file, '-e', f'trace={call}', '-e', f'inject={call}:delay_{when}=4s:when=1'


class Writers(ImportTest):

    def test_the_last_lease_of_dnsmasq_goes_with_its_release(self):
        lan = self.untold()
        configure(dnsmasq_leases(lan.lease_file, network='lan'))
        for follows in True, False:
            with self.subTest(follows=follows):
                follow = follower(self) if follows else None
                name = f'web-{int(follows)}'
                host, client, _ = self.machine(lan, name)
                if not follows:
                    import_once()
                self.resolves(name, host.address())
                client.release()
                wait_until(lambda: lan.lease_file.stat().st_size == 0, lab.SOON, 'an empty lease file')
                if not follows:
                    self.assertEqual(import_once().stderr, '')
                self.is_gone(name)
                self.assertEqual(subprocess.run(['leasectl', 'wait', '--timeout', '0s', name], capture_output=True).returncode, 1)
                check = subprocess.run(['leasectl', 'check'], capture_output=True, text=True).stdout
                self.assertRegex(check, r'(?m)^ok +sources ')
                if follow:
                    follow.process.send_signal(signal.SIGTERM)
                    self.assertEqual((follow.result(), follow.err.read_text()), (0, ''))

    def test_dnsmasq_that_is_held_up_in_the_middle_of_writing_loses_no_lease(self):
        lan = self.untold()
        configure(dnsmasq_leases(lan.lease_file, network='lan'))
        follow = follower(self)
        self.join(lan, 'steady')
        reader = subprocess.Popen([sys.executable, '-c', READER, 'steady'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        slow = Program(self, *delayed(lan.lease_file, 'write', 'enter'), '-p', lan.process.pid)
        wait_until(lambda: 'TracerPid:\t0' not in open(f'/proc/{lan.process.pid}/status').read(), lab.SOON, 'strace')
        late = self.host(lan, 'late')
        Udhcpc(late, 'late')
        wait_until(lambda: lan.lease_file.stat().st_size == 0, lab.SOON, 'an empty lease file')
        self.assertEqual(import_once().stderr, '')
        check = subprocess.run(['leasectl', 'check'], capture_output=True, text=True).stdout
        self.assertRegex(check, r'(?m)^unknown +sources .* is being written$')
        self.assertEqual(lan.lease_file.stat().st_size, 0, 'it was too fast to test anything')
        self.resolves('late', late.address())
        found, missed = map(int, reader.communicate()[0].split())
        self.assertEqual(missed, 0)
        self.assertGreater(found, 100)
        self.assertEqual(follow.err.read_text(), '')
        slow.end()

    def test_another_writer_that_rests_for_a_moment_loses_no_lease_and_one_that_stopped_does(self):
        file = self.written(text=row(1, 'web') + row(2, 'db'))
        configure(dnsmasq_leases(file, network='lan'))
        follow = follower(self)
        for text in '', row(1, 'web'), row(1, 'web')[:20]:
            file.write_text(text)
            follow.asleep()
            file.write_text(row(1, 'web') + row(2, 'db'))
            follow.asleep()
        self.assertEqual((resolve('web'), resolve('db'), follow.err.read_text()), ({'10.1.0.1'}, {'10.1.0.2'}, ''))
        file.write_text(row(1, 'web'))
        self.is_gone('db')
        file.write_text(row(1, 'web')[:20])
        wait_until(lambda: 'ends in the middle of a line' in follow.err.read_text(), lab.SOON, 'a complaint')
        self.resolves('web', '10.1.0.1')

    def test_a_file_that_dnsmasq_cannot_write_on_a_full_disk_takes_nothing_away(self):
        place = SCRATCH / 'small'
        place.mkdir()
        mount('-t', 'tmpfs', '-o', 'size=64k', 'small', place)
        self.addCleanup(run, 'umount', '--lazy', place)
        file = place / 'x.leases'
        file.write_text(row(1, 'web'))
        configure(dnsmasq_leases(file, network='lan'))
        import_once()
        with (place / 'filler').open('wb', buffering=0) as full, self.assertRaises(OSError):
            while True:
                full.write(bytes(4096))
        # As dnsmasq truncates it. What it cannot write then, it writes a minute later.
        with (place / 'filler').open('ab', buffering=0) as full, self.assertRaises(OSError):
            os.truncate(file, 0)
            while True:
                full.write(bytes(4096))
        self.assertIn('has no room left', import_once().stderr)
        self.assertEqual(resolve('web'), {'10.1.0.1'})
        (place / 'filler').unlink()
        file.write_text(row(1, 'web'))
        self.assertEqual(import_once().stderr, '')
        self.resolves('web', '10.1.0.1')


class Locked(ImportTest):

    def test_events_go_on_while_a_source_hangs(self):
        file = self.written(text=row(1, 'web'))
        configure(dnsmasq_leases(file, network='other'))
        import_once()
        file.write_text(row(1, 'api'))
        hanging = Program(self, *delayed(file, 'read', 'enter'), 'leasectl', 'import')
        wait_until(lambda: hanging.process.poll() is not None or self.is_open(file), lab.SOON, 'an import')
        lease(5, 'db')
        self.assertEqual(resolve('db'), {'10.0.0.5'})
        self.assertIsNone(hanging.process.poll(), 'the event waited for the import')
        self.assertEqual(hanging.result(), 0)
        self.resolves('api', '10.1.0.1')
        self.resolves('db', '10.0.0.5')

    def test_what_was_read_before_another_import_does_not_take_its_place(self):
        file = self.written(text=row(1, 'old'))
        configure(dnsmasq_leases(file, network='other'))
        late = Program(self, *delayed(file, 'read', 'exit'), 'leasectl', 'import')
        wait_until(lambda: late.process.poll() is not None or self.is_open(file), lab.SOON, 'an import')
        file.write_text(row(1, 'new'))
        import_once()
        self.assertEqual(resolve('new'), {'10.1.0.1'})
        self.assertIsNone(late.process.poll(), 'it was too fast to test anything')
        self.assertEqual(late.result(), 0)
        self.assertEqual((resolve('old'), resolve('new')), (set(), {'10.1.0.1'}))

    def test_events_go_on_while_nobody_reads_what_is_printed(self):
        file = self.written(text='neither')
        configure(dnsmasq_leases(file, network='other'))
        for number, (command, stream) in enumerate((command, stream) for command in ('import', 'rebuild')
                                                   for stream in ('stdout', 'stderr')):
            with self.subTest(command=command, stream=stream):
                end, full = os.pipe()
                os.set_blocking(full, False)
                try:
                    while True:
                        os.write(full, bytes(4096))
                except BlockingIOError:
                    os.set_blocking(full, True)
                file.write_text(f'neither {number}')
                process = subprocess.Popen(['leasectl', command], **{'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL, stream: full})
                try:
                    wait_until(lambda: b'pipe_write' in open(f'/proc/{process.pid}/wchan', 'rb').read()
                               or open(f'/proc/{process.pid}/syscall').read().startswith('1 '), lab.SOON, 'it writes')
                    lease(number, f'event-{number}')
                    self.assertEqual(resolve(f'event-{number}'), {f'10.0.0.{number}'})
                    self.assertIsNone(process.poll())
                finally:
                    process.kill()
                    process.wait()
                    os.close(end)
                    os.close(full)

    @staticmethod
    def is_open(file):
        """Whether a process has the file open."""
        return subprocess.run(['fuser', '-s', file]).returncode == 0


if __name__ == '__main__':
    lab.main()
