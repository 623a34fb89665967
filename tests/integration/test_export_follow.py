"""leasectl export --follow: a file that other programs read is as the leases are, and those programs notice."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import time
import urllib.request

import lab
from calls import call, lease, mac
from consumers import DNSMASQ, unbound
from dns_query import DnsServer, NoServer
from lab import RUNTIME, leasectl, run, wait_until
from program import Program
from sandbox import SCRATCH
from waiting import BRIEF

WEB = '10.0.0.1'


def children_of(program):
    return pathlib.Path(f'/proc/{program.process.pid}/task/{program.process.pid}/children').read_text().split()


def command_of(process):
    return pathlib.Path(f'/proc/{process}/comm').read_text().strip()


def answers(server, name):
    try:
        return server.addresses(name)
    except NoServer:
        return None


class Following(lab.LabTest):

    def setUp(self):
        super().setUp()
        # Of its own: a DNS server reads whatever is in the directory of its hosts files.
        self.directory = SCRATCH / 'exported'
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir()
        self.file = self.directory / 'file'
        lease(1, 'web')

    def follow(self, *arguments):
        return Program(self, 'leasectl', 'export', *arguments, '--follow', '--output', self.file).asleep()

    def is_up_to_date(self, *arguments):
        """The file becomes what an export prints now."""
        def right():
            return self.file.exists() and self.file.read_text() == leasectl('export', *arguments)

        wait_until(right, lab.SOON, 'the file is up to date')


class ExportFollow(Following):

    def test_the_file_follows_every_change(self):
        self.follow('hosts')
        self.is_up_to_date('hosts')
        for act in (lambda: lease(2, 'db'), lambda: lease(2, 'store'), lambda: call('del', mac(1), WEB), lambda: lease(1, 'web')):
            before = self.file.read_text()
            act()
            wait_until(lambda: self.file.read_text() != before, lab.SOON, 'the file is another')
            self.is_up_to_date('hosts')

    def test_a_lease_that_ends_leaves_the_file_without_an_event(self):
        self.follow('hosts')
        lease(2, 'brief', DNSMASQ_LEASE_EXPIRES=str(int(time.time()) + BRIEF))
        wait_until(lambda: 'brief' in self.file.read_text(), lab.SOON, 'it is there')
        wait_until(lambda: 'brief' not in self.file.read_text(), 2 * lab.SOON, 'it is gone')
        self.assertIn('web', self.file.read_text())

    def test_without_an_index_the_leases_go_on_until_they_end(self):
        program = self.follow('hosts')
        lease(2, 'brief', DNSMASQ_LEASE_EXPIRES=str(int(time.time()) + BRIEF))
        wait_until(lambda: 'brief' in self.file.read_text(), lab.SOON, 'it is there')
        (RUNTIME / 'hosts.idx').unlink()
        wait_until(lambda: 'waiting for it' in program.err.read_text(), lab.SOON, 'it says so')
        self.assertIn('brief', self.file.read_text())
        wait_until(lambda: 'brief' not in self.file.read_text(), 2 * lab.SOON, 'it is gone')
        self.assertIn('web', self.file.read_text())
        self.assertEqual(program.err.read_text().count('waiting for it'), 1)
        leasectl('rebuild')
        lease(3, 'later')
        wait_until(lambda: 'later' in self.file.read_text(), lab.SOON, 'it is there')

    def test_the_file_is_replaced_and_the_command_run_only_when_its_bytes_change(self):
        runs = SCRATCH / 'runs'
        for arguments in ['hosts'], ['zone', '--origin', 'lan']:
            with self.subTest(arguments[0]):
                runs.write_text('')
                self.file.unlink(missing_ok=True)
                program = self.follow(*arguments, '--exec', f'echo ran >>{runs}')
                wait_until(lambda: runs.read_text() == 'ran\n', lab.SOON, 'it has run')
                before = self.file.stat()
                # A zone made in another second would have another serial number.
                time.sleep(1.1)
                slept = program.switches()
                lease(1, 'web', DNSMASQ_LEASE_EXPIRES=str(int(time.time()) + 3600))
                wait_until(lambda: program.switches() > slept, lab.SOON, 'it has looked')
                program.asleep()
                self.assertEqual((self.file.stat().st_ino, runs.read_text()), (before.st_ino, 'ran\n'))
                lease(2, f'new-{arguments[0]}')
                wait_until(lambda: runs.read_text() == 'ran\nran\n', lab.SOON, 'it has run again')
                self.assertNotEqual(self.file.stat().st_ino, before.st_ino)
                program.end()

    def test_a_file_that_is_right_already_is_left_alone(self):
        leasectl('export', 'hosts', '--output', self.file)
        before = self.file.stat()
        program = self.follow('hosts')
        self.assertEqual((self.file.stat().st_ino, self.file.stat().st_mtime_ns), (before.st_ino, before.st_mtime_ns))
        self.assertEqual(program.err.read_text(), '')

    def serial(self):
        return int(self.file.read_text().split('root.localhost. ')[1].split()[0])

    def test_a_zones_serial_grows_with_each_of_its_states(self):
        self.follow('zone', '--origin', 'lan')
        serials = []
        for number in range(2, 6):
            lease(number, f'host-{number}')
            wait_until(lambda: f'host-{number} ' in self.file.read_text(), lab.SOON, 'the host is there')
            serials.append(self.serial())
        self.assertEqual(serials, sorted(set(serials)))

    def test_a_zones_serial_grows_across_a_restart(self):
        leasectl('export', 'zone', '--origin', 'lan', '--output', self.file)
        # As after a burst of changes: each state of the zone has a second of its own.
        ahead = int(time.time()) + 1000
        os.utime(self.file, (ahead, ahead))
        self.follow('zone', '--origin', 'lan').end()
        before = self.serial()
        self.assertGreater(before, ahead)
        written = self.file.stat()
        program = self.follow('zone', '--origin', 'lan')
        self.assertEqual((self.serial(), self.file.stat().st_ino), (before, written.st_ino))
        lease(2, 'db')
        wait_until(lambda: 'db ' in self.file.read_text(), lab.SOON, 'the host is there')
        self.assertGreater(self.serial(), before)
        program.end()
        before = self.serial()
        leasectl('export', 'zone', '--origin', 'lan', '--output', self.file)
        self.assertGreater(self.serial(), before)

    def test_a_command_that_fails_is_run_again_and_reported_once(self):
        works, ran = SCRATCH / 'works', SCRATCH / 'ran'
        program = self.follow('hosts', '--exec', f'echo >>{ran}; test -e {works}')
        wait_until(lambda: ran.exists() and len(ran.read_text()) >= 3, 2 * lab.SOON, 'three attempts')
        self.assertEqual(program.err.read_text().count('ended with exit status 1'), 1)
        works.touch()

        def is_over():
            """For longer than from one attempt to the next."""
            before = ran.read_text()
            time.sleep(3)
            return ran.read_text() == before

        wait_until(is_over, 2 * lab.SOON, 'no more attempts')

    def test_a_file_that_cannot_be_written_is_reported_once_and_written_as_soon_as_it_can_be(self):
        self.directory.rmdir()
        program = self.follow('hosts')
        lease(2, 'db')
        self.assertIn(f'leasectl: {self.file}: cannot be written: No such file or directory', program.err.read_text())
        self.directory.mkdir()
        self.is_up_to_date('hosts')
        self.assertEqual(len(program.err.read_text().splitlines()), 1)

    def test_a_network_that_does_not_exist_yet_is_waited_for(self):
        program = self.follow('hosts', 'later')
        self.assertIn("'later'", program.err.read_text())
        self.assertFalse(self.file.exists())
        lease(2, 'db', DNSMASQ_INTERFACE='later')
        self.is_up_to_date('hosts', 'later')

    def test_it_ends_when_it_is_told_to(self):
        program = self.follow('hosts')
        program.process.send_signal(signal.SIGTERM)
        self.assertEqual(program.result(), 0)
        self.assertEqual(list(self.directory.iterdir()), [self.file])

    def test_a_command_that_hangs_holds_up_neither_the_file_nor_the_end(self):
        program = self.follow('hosts', '--exec', 'exec sleep 1000')
        wait_until(lambda: [command_of(child) for child in children_of(program)] == ['sleep'], lab.SOON, 'the command runs')
        command, = children_of(program)
        lease(2, 'db')
        self.is_up_to_date('hosts')
        self.assertEqual(children_of(program), [command])
        program.process.send_signal(signal.SIGTERM)
        self.assertEqual(program.result(), 0)
        wait_until(lambda: not pathlib.Path(f'/proc/{command}').exists(), lab.SOON, 'the command has ended, too')

    def test_a_change_while_the_command_runs_makes_it_run_again(self):
        ran, goes_on = SCRATCH / 'commands', SCRATCH / 'goes-on'
        self.follow('hosts', '--exec', f'cat {self.file} >>{ran}; while ! test -e {goes_on}; do sleep 0.1; done')
        wait_until(lambda: ran.exists() and 'web' in ran.read_text(), lab.SOON, 'it runs')
        lease(2, 'db')
        self.is_up_to_date('hosts')
        self.assertNotIn('db', ran.read_text())
        goes_on.touch()
        wait_until(lambda: 'db' in ran.read_text(), lab.SOON, 'it runs again')

    def test_when_a_network_or_a_domains_last_lease_is_gone_the_file_is_empty(self):
        lease(2, 'db', DNSMASQ_INTERFACE='gone', DNSMASQ_DOMAIN='gone.test')
        zone = self.directory / 'zone'
        Program(self, 'leasectl', 'export', 'zone', '--origin', 'gone.test', '--follow', '--output', zone).asleep()
        self.follow('hosts', 'gone')
        self.assertIn('db IN A', zone.read_text())
        self.assertIn('db', self.file.read_text())
        leasectl('forget', 'gone')
        wait_until(lambda: 'db' not in zone.read_text() + self.file.read_text(), lab.SOON, 'the files have nothing of it')
        self.assertIn('IN SOA', zone.read_text())

    def test_options_that_need_another_say_so(self):
        for arguments, needed in (['--follow'], '--output'), (['--output', str(self.file), '--exec', 'true'], '--follow'):
            done = subprocess.run(['leasectl', 'export', 'hosts', *arguments], capture_output=True, text=True)
            self.assertEqual(done.returncode, 2)
            self.assertIn(needed, done.stderr)


class Consumers(Following):
    """The programs that the manual names for this."""

    def test_dnsmasq_reads_a_directory_of_hosts_files(self):
        self.follow('hosts')
        server = DnsServer('127.0.0.1')
        Program(self, *DNSMASQ, f'--hostsdir={self.directory}')
        wait_until(lambda: answers(server, 'web') == {WEB}, lab.SOON, 'dnsmasq answers')
        lease(2, 'db')
        wait_until(lambda: answers(server, 'db') == {'10.0.0.2'}, lab.SOON, 'it answers the new one')
        call('del', mac(1), WEB)
        wait_until(lambda: answers(server, 'web') == frozenset(), lab.SOON, 'it no longer answers the old one')

    def test_dnsmasq_reads_its_hosts_file_again_when_it_is_told_to(self):
        server = DnsServer('127.0.0.1')
        self.file.write_text('')
        dnsmasq = Program(self, *DNSMASQ, f'--addn-hosts={self.file}')
        wait_until(lambda: answers(server, 'web') == frozenset(), lab.SOON, 'dnsmasq answers')
        self.follow('hosts', '--exec', f'kill -HUP {dnsmasq.process.pid}')
        wait_until(lambda: answers(server, 'web') == {WEB}, lab.SOON, 'it answers')
        call('del', mac(1), WEB)
        wait_until(lambda: answers(server, 'web') == frozenset(), lab.SOON, 'it no longer does')

    def test_unbound_serves_a_zone_that_it_reads_again_when_it_is_told_to(self):
        server = DnsServer('127.0.0.1')
        self.file = self.directory / 'lan.zone'
        leasectl('export', 'zone', '--origin', 'lan', '--output', self.file)
        program = Program(self, *unbound(self.directory / 'unbound.conf', 'lan', self.file))
        wait_until(lambda: answers(server, 'web.lan') == {WEB}, lab.SOON, 'unbound answers')
        self.follow('zone', '--origin', 'lan', '--exec', f'kill -HUP {program.process.pid}')
        lease(2, 'db')
        wait_until(lambda: answers(server, 'db.lan') == {'10.0.0.2'}, lab.SOON, 'it answers the new one')
        call('del', mac(1), WEB)
        wait_until(lambda: answers(server, 'web.lan') == frozenset(), lab.SOON, 'it no longer answers the old one')

    def test_prometheus_discovers_targets(self):
        self.file = self.directory / 'targets.json'
        self.follow('prometheus')
        configuration = SCRATCH / 'prometheus.yml'
        configuration.write_text(f'scrape_configs:\n- job_name: vms\n  file_sd_configs:\n  - files: [{self.file}]\n')
        Program(self, 'prometheus', f'--config.file={configuration}', f'--storage.tsdb.path={SCRATCH}/tsdb',
                '--web.listen-address=127.0.0.1:9090')

        def targets():
            try:
                with urllib.request.urlopen('http://127.0.0.1:9090/api/v1/targets') as reply:
                    return {target['labels']['hostname'] for target in json.load(reply)['data']['activeTargets']}
            except OSError:
                return None

        wait_until(lambda: targets() == {'web'}, 4 * lab.SOON, 'Prometheus knows the machine')
        lease(2, 'db')
        wait_until(lambda: targets() == {'web', 'db'}, 4 * lab.SOON, 'it knows the new one')

    def test_a_container_sees_a_directory_that_is_mounted_there(self):
        self.follow('hosts')
        inside = SCRATCH / 'inside'
        inside.mkdir()
        container = Program(self, 'unshare', '--mount', 'sh', '-ec', f'mount --bind {self.directory} {inside}; exec sleep 1000')
        wait_until(lambda: command_of(container.process.pid) == 'sleep', lab.SOON, 'the container runs')
        lease(2, 'db')
        wait_until(lambda: 'db' in run('nsenter', '--target', str(container.process.pid), '--mount', 'cat', inside / 'file'), lab.SOON,
                   'the container sees the new file')


if __name__ == '__main__':
    lab.main()
