"""leasectl wait: with the leases of real clients, and with an index that comes, goes and comes again."""

import contextlib
import fcntl
import json
import os
import pathlib
import pty
import shutil
import socket
import struct
import subprocess
import termios
import time

import lab
from calls import call, lease, mac
from lab import RUNTIME, leasectl, wait_until
from program import Program
from sandbox import SCRATCH
from schemas import validate
from sources import CONFIGURATION, configure, import_once


class Wait(lab.LabTest):

    def wait(self, *arguments):
        return Program(self, 'leasectl', 'wait', *arguments)

    def shorten(self, waiting, name, seconds, **variables):
        """The lease of machine 1 ends so soon, which the waiting program has seen when this returns: when."""
        before = waiting.switches()
        end = int(time.time()) + seconds
        lease(1, name, DNSMASQ_LEASE_EXPIRES=str(end), **variables)
        wait_until(lambda: waiting.switches() > before, lab.SOON, 'it has looked')
        waiting.asleep()
        return end

    def test_it_returns_when_all_names_have_leases_and_prints_each_as_it_arrives(self):
        network = self.network()
        waiting = self.wait('web', 'db.lan', '--timeout', '60s').asleep()
        _, _, web = self.join(network, 'web')
        wait_until(lambda: waiting.lines() == [f'web\t{web}'], lab.SOON, waiting.lines)
        self.assertIsNone(waiting.process.poll())
        _, _, db = self.join(network, 'db')
        self.assertEqual(waiting.result(), 0)
        self.assertEqual(waiting.lines(), [f'web\t{web}', f'db.lan\t{db}'])

    def test_names_that_are_there_need_no_waiting(self):
        lease(1, 'ci-1')
        lease(2, 'ci-2')
        self.assertEqual(leasectl('wait', 'ci-[1-2]', '--timeout', '0').splitlines(), ['ci-1\t10.0.0.1', 'ci-2\t10.0.0.2'])

    def test_a_time_out_says_what_is_missing(self):
        lease(1, 'ci-1')
        waiting = self.wait('ci-[0-3]', 'web', '--match', 'x*', '--count', '2', '--timeout', '100ms')
        self.assertEqual(waiting.result(), 1)
        self.assertEqual(waiting.lines(), ['ci-1\t10.0.0.1'])
        said = waiting.err.read_text()
        for part in 'without a lease: ci-[0,2-3] web', '0 of 2 machines that match x*':
            self.assertIn(part, said)
        self.assertNotIn('ci-1', said)

    def test_it_starts_before_the_directory_is_there_and_survives_its_loss(self):
        shutil.rmtree(RUNTIME, ignore_errors=True)
        waiting = self.wait('a', 'b', 'c').asleep()
        self.assertRegex(waiting.err.read_text(), rf'^leasectl: {RUNTIME}.*; waiting for it\n$')
        lease(1, 'a')
        wait_until(lambda: waiting.lines() == ['a\t10.0.0.1'], lab.SOON, waiting.lines)
        shutil.rmtree(RUNTIME)
        lease(2, 'b')
        wait_until(lambda: 'b\t10.0.0.2' in waiting.lines(), lab.SOON, waiting.lines)
        RUNTIME.rename('/run/elsewhere')
        self.addCleanup(shutil.rmtree, '/run/elsewhere')
        lease(3, 'c')
        self.assertEqual(waiting.result(), 0)

    def test_it_survives_the_loss_of_what_a_link_leads_to(self):
        target = pathlib.Path('/var/elsewhere/deep')
        self.addCleanup(shutil.rmtree, target.parent, ignore_errors=True)
        self.addCleanup(RUNTIME.unlink)
        RUNTIME.symlink_to(target)
        waiting = self.wait('a', 'b').asleep()
        for number, name in enumerate('ab'):
            shutil.rmtree(target.parent, ignore_errors=True)
            target.mkdir(parents=True)
            lease(number, name)
            wait_until(lambda: f'{name}\t10.0.0.{number}' in waiting.lines(), lab.SOON, waiting.lines)
        self.assertEqual(waiting.result(), 0)

    def test_it_survives_the_loss_of_a_directory_that_somebody_still_has_open(self):
        lease(1, 'a')
        opened = os.open(RUNTIME, os.O_RDONLY)
        self.addCleanup(os.close, opened)
        waiting = self.wait('b').asleep()
        shutil.rmtree(RUNTIME)
        lease(2, 'b')
        self.assertEqual(waiting.result(), 0)

    def test_it_sees_a_file_system_that_is_mounted_over_the_directory_and_taken_away(self):
        lease(1, 'a')
        waiting = self.wait('b').asleep()
        lab.run('mount', '-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', RUNTIME)
        mounted = contextlib.ExitStack()
        self.addCleanup(mounted.close)
        mounted.callback(lab.run, 'umount', '--lazy', RUNTIME)
        leasectl('rebuild')
        lease(2, 'b')
        self.assertEqual(waiting.result(), 0)
        waiting = self.wait('c').asleep()
        mounted.close()
        lease(3, 'c')
        self.assertEqual(waiting.result(), 0)

    def test_leases_are_not_gone_with_the_index_but_end_without_it(self):
        lease(1, 'short')
        lease(2, 'long')
        waiting = self.wait('long', 'short', 'nobody', '--timeout', '15s').asleep()
        self.shorten(waiting, 'short', 6)
        shutil.rmtree(RUNTIME)
        self.assertEqual(waiting.result(), 1)
        self.assertEqual(waiting.lines(), ['long\t10.0.0.2', 'short\t10.0.0.1'])
        self.assertIn('without a lease: short nobody\n', waiting.err.read_text())

    def test_a_replaced_index_is_followed(self):
        lease(1, 'a')
        waiting = self.wait('b').asleep()
        for _ in range(3):
            leasectl('rebuild')
        lease(2, 'b')
        self.assertEqual(waiting.result(), 0)

    def test_a_lease_that_ended_meanwhile_is_missing_again(self):
        lease(1, 'a')
        waiting = self.wait('a', 'b').asleep()
        call('del', '52:54:00:00:00:01', '10.0.0.1', 'a')
        lease(2, 'b')
        wait_until(lambda: len(waiting.lines()) == 2, lab.SOON, waiting.lines)
        waiting.asleep()
        lease(1, 'a')
        self.assertEqual(waiting.result(), 0)
        self.assertEqual(waiting.lines(), ['a\t10.0.0.1', 'b\t10.0.0.2', 'a\t10.0.0.1'])

    def test_so_many_names_that_match_a_pattern_are_enough(self):
        lease(1, 'CI-1')
        lease(2, 'web')
        waiting = self.wait('--match', 'ci-[0-9]', '--count', '2').asleep()
        lease(3, 'ci-10')
        lease(4, 'ci-4')
        self.assertEqual(waiting.result(), 0)
        self.assertEqual(waiting.lines(), ['ci-1\t10.0.0.1', 'ci-4\t10.0.0.4'])

    def test_a_machine_with_several_names_counts_once(self):
        lease(1, 'ci-1', DNSMASQ_DOMAIN='lab.test')
        waiting = self.wait('--match', 'ci-*.*', '--count', '2').asleep()
        wait_until(lambda: len(waiting.lines()) == 2, lab.SOON, waiting.lines)
        self.assertIsNone(waiting.process.poll())
        lease(2, 'ci-2')
        self.assertEqual(waiting.result(), 0)
        self.assertEqual(waiting.lines(), ['ci-1.lab.test\t10.0.0.1', 'ci-1.lan\t10.0.0.1', 'ci-2.lan\t10.0.0.2'])

    def test_a_family_leaves_the_other_s_addresses_out(self):
        lease(1, 'a')
        waiting = self.wait('a', '--family', 'v6').asleep()
        call('add', '00:03:00:01:52:54:00:00:00:01', 'fd00::1', 'a', DNSMASQ_IAID='1', DNSMASQ_SERVER_DUID='00:01',
               DNSMASQ_MAC='52:54:00:00:00:01')
        self.assertEqual(waiting.result(), 0)
        self.assertEqual(waiting.lines(), ['a\tfd00::1'])
        self.assertEqual(leasectl('wait', 'a', '--family', 'v4'), 'a\t10.0.0.1\n')

    def test_gone_is_when_no_name_has_a_lease_whoever_ends_it(self):
        network = self.network()
        _, client, _ = self.join(network, 'web')
        lease(1, 'short', DNSMASQ_INTERFACE='elsewhere')
        waiting = self.wait('--gone', 'web', 'short', 'never', '--match', 'w*').asleep()
        self.assertEqual(waiting.lines(), ['never'])
        self.shorten(waiting, 'short', 3, DNSMASQ_INTERFACE='elsewhere')
        wait_until(lambda: waiting.lines() == ['never', 'short'], lab.SOON, waiting.lines)
        self.assertIsNone(waiting.process.poll())
        client.release()
        self.assertEqual(waiting.result(), 0)
        self.assertEqual(waiting.lines(), ['never', 'short', 'web'])

    def test_a_lost_index_is_no_end_of_a_lease(self):
        lease(1, 'a')
        waiting = self.wait('--gone', 'a').asleep()
        end = self.shorten(waiting, 'a', 6)
        shutil.rmtree(RUNTIME)
        wait_until(waiting.err.read_text, lab.SOON, 'the loss is noticed')
        # Nobody knows whether it was renewed.
        time.sleep(max(end - time.time(), 0) + 1)
        self.assertEqual(waiting.lines(), [])
        leasectl('rebuild')
        self.assertEqual(waiting.result(), 0)
        self.assertEqual(waiting.lines(), ['a'])

    def test_a_guest_is_awaited_with_all_its_interfaces_and_both_families(self):
        maps = SCRATCH / 'lan.macs'
        maps.write_text(json.dumps([{'domain': 'vm1', 'macs': [mac(1), mac(2)]}]))
        configure({'kind': 'mac-map', 'path': maps})
        self.addCleanup(CONFIGURATION.unlink)
        import_once()
        lease(9, 'vm1')
        lease(1, 'localhost')
        self.assertEqual(self.wait('--guest', 'VM1').result(), 0)
        waiting = self.wait('--guest', 'vm1', '--all', '--family', 'both').asleep()
        for number in 1, 2:
            call('add', f'00:03:00:01:{mac(number)}', f'fd00::{number}', DNSMASQ_IAID='1', DNSMASQ_SERVER_DUID='00:01')
        lacking = self.wait('--guest', 'vm1', '--all', '--family', 'both', '--timeout', '0')
        self.assertEqual((lacking.result(), lacking.err.read_text()),
                         (1, f'leasectl: time is up; without a lease of {mac(2)} (IPv4): guest vm1\n'))
        self.assertIsNone(waiting.process.poll())
        lease(2, 'other')
        self.assertEqual(waiting.result(), 0)
        name, addresses = waiting.lines()[0].split('\t')
        self.assertEqual((name, sorted(addresses.split())), ('vm1', ['10.0.0.1', '10.0.0.2', 'fd00::1', 'fd00::2']))

    def test_an_index_that_could_not_be_opened_is_tried_again(self):
        lease(1, 'a')
        waiting = self.wait('a', 'b').asleep()
        wait_until(waiting.lines, lab.SOON, 'the name that is there')
        waiting.asleep()
        before = waiting.switches()
        lab.run('prlimit', '--pid', waiting.process.pid, '--nofile=3:')
        lease(2, 'b')
        wait_until(lambda: waiting.switches() > before, lab.SOON, 'it has looked')
        waiting.asleep()
        lab.run('prlimit', '--pid', waiting.process.pid, '--nofile=64:')
        self.assertEqual(waiting.result(), 0)
        self.assertEqual(waiting.lines(), ['a\t10.0.0.1', 'b\t10.0.0.2'])

    def test_json_lines_say_what_is_there_and_in_the_end_what_is_missing(self):
        lab.run('ip', 'address', 'add', '10.0.0.1/32', 'dev', 'lo')
        self.addCleanup(lab.run, 'ip', 'address', 'delete', '10.0.0.1/32', 'dev', 'lo')
        lease(1, 'A')
        lease(2, 'ci-2')

        def told(*arguments):
            waiting = self.wait('--json', '--timeout', '0', *arguments)
            code = waiting.result()
            return code, [validate(line, 'answer.schema.json') for line in waiting.lines()]

        a, ci = ({'name': 'A', 'addresses': ['10.0.0.1']}, {'name': 'ci-2', 'addresses': ['10.0.0.2']})
        self.assertEqual(told('A', '--match', 'CI-*'), (0, [a, ci]))
        self.assertEqual(told('A', 'b[1-2]'), (1, [a] + [{'name': name, 'addresses': [], 'missing': 'lease'} for name in ('b1', 'b2')]))
        self.assertEqual(told('A', '--port', '2222'), (1, [a | {'missing': 'port'}]))
        with socket.create_server(('10.0.0.1', 2222)):
            self.assertEqual(told('A', '--port', '2222'), (0, [a]))

    def test_it_does_nothing_while_nothing_happens(self):
        lease(1, 'a')
        waiting = self.wait('b', '--timeout', '60s').asleep()
        with open(f'/proc/{waiting.process.pid}/status', encoding='ascii') as file:
            before = [line for line in file if 'voluntary_ctxt' in line]
        subprocess.run(['leasectl', 'list'], check=True, capture_output=True)
        subprocess.run(['leasectl', 'wait', 'b', '--timeout', '1s'], check=False, capture_output=True)
        with open(f'/proc/{waiting.process.pid}/status', encoding='ascii') as file:
            self.assertEqual([line for line in file if 'voluntary_ctxt' in line], before)

    def test_any_user_may_wait(self):
        lease(1, 'a')
        waiting = Program(self, 'setpriv', '--reuid', 'nobody', '--clear-groups', 'leasectl', 'wait', 'b').asleep()
        lease(2, 'b')
        self.assertEqual(waiting.result(), 0)

    def test_while_it_is_not_known_where_the_leases_are_there_is_nothing_to_wait_for(self):
        configuration = pathlib.Path('/etc/nss-leases.conf')
        configuration.write_text('state-directory = "/srv"\n[names\n')
        self.addCleanup(configuration.unlink)
        for verb in ['wait', 'a'], ['watch'], ['list'], ['dump'], ['import']:
            with self.subTest(verb=verb):
                done = subprocess.run(['leasectl', *verb], capture_output=True, text=True, timeout=lab.SOON)
                self.assertEqual((done.returncode, done.stdout), (3, ''))
                self.assertIn('may name other directories', done.stderr)

    def test_a_mistake_in_the_command_line_is_told_at_once(self):
        for arguments in [], ['a b'], ['10.0.0.1'], ['a', 'fd00::1'], ['ci-[3-1]'], ['a', '--count', '2'], ['a', '--port', '0'], ['a', '--family', '4'], ['a', '--all'], ['--guest', 'a b'], ['a', '--gone', '--port', '22'], ['a', '--gone', '--count', '2'], ['a', '--timeout', 'x'], ['a[0-9999999999]']:
            with self.subTest(arguments=arguments):
                self.assertEqual(self.wait(*arguments).result(), 2)

    def test_on_a_terminal_it_says_what_it_waits_for(self):
        lease(1, 'a')
        terminal, other_end = pty.openpty()
        waiting = subprocess.Popen(['leasectl', 'wait', 'a', 'ci-[0-2]'], stdout=subprocess.DEVNULL, stderr=other_end)
        self.addCleanup(waiting.wait)
        self.addCleanup(waiting.kill)
        os.close(other_end)
        self.addCleanup(os.close, terminal)
        self.assertIn(b'without a lease: ci-[0-2]', os.read(terminal, 4096))

    def test_the_line_on_a_terminal_is_no_wider_than_that(self):
        lease(1, 'a')
        terminal, other_end = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 30, 0, 0))
        waiting = subprocess.Popen(['leasectl', 'wait', 'a', 'a-name-that-never-comes-at-all'], stdout=subprocess.DEVNULL, stderr=other_end)
        self.addCleanup(waiting.wait)
        self.addCleanup(waiting.kill)
        os.close(other_end)
        self.addCleanup(os.close, terminal)
        self.assertEqual(os.read(terminal, 4096), b'\r\x1b[Kwaiting; without a lease: ...')


if __name__ == '__main__':
    lab.main()
