"""leasectl wait: when names answer on a port, and what it runs for each of them."""

import contextlib
import json
import os
import socket

import lab
from calls import lease, mac
from lab import STATE, leasectl, wait_until
from network import HELPER
from program import Program
from sandbox import SCRATCH


class WaitReady(lab.LabTest):

    def wait(self, *arguments):
        return Program(self, 'leasectl', 'wait', *arguments)

    def test_a_command_runs_for_each_name_as_it_arrives(self):
        lease(1, 'a')
        place = SCRATCH / 'arrived'
        waiting = self.wait('a', 'b', '--exec', f'echo "$@" >> {place}; test $1 = a').asleep()
        self.assertEqual(place.read_text(), 'a 10.0.0.1\n')
        lease(2, 'b')
        self.assertEqual(waiting.result(), 3)
        self.assertEqual(place.read_text(), 'a 10.0.0.1\nb 10.0.0.2\n')
        self.assertIn('for b ended with exit status 1', waiting.err.read_text())

    def test_each_command_gets_the_addresses_of_its_moment(self):
        lease(1, 'a')
        lease(2, 'b')
        place = SCRATCH / 'moments'
        moves = f'DNSMASQ_INTERFACE=lan DNSMASQ_LEASE_EXPIRES=0 {HELPER} add {mac(2)} 10.0.0.12 b'
        waiting = self.wait('a', 'b', '--timeout', '0', '--exec', f'echo "$@" >> {place}; test $1 = b || {moves}')
        self.assertEqual(waiting.result(), 0)
        self.assertEqual(place.read_text(), 'a 10.0.0.1\nb 10.0.0.12\n')
        self.assertEqual(waiting.lines(), ['a\t10.0.0.1', 'b\t10.0.0.12'])

    def test_the_address_that_accepts_comes_first(self):
        for number in 1, 2, 3:
            lab.run('ip', 'address', 'add', f'10.0.0.{number}/32', 'dev', 'lo')
            self.addCleanup(lab.run, 'ip', 'address', 'delete', f'10.0.0.{number}/32', 'dev', 'lo')
            lease(number, 'a')
        with socket.create_server(('10.0.0.2', 2222)):
            waiting = self.wait('a', '--port', '2222', '--exec', 'echo "$@" >&2')
            self.assertEqual(waiting.result(), 0)
        self.assertEqual(waiting.lines(), ['a\t10.0.0.2 10.0.0.3 10.0.0.1'])
        self.assertEqual(waiting.err.read_text(), 'a 10.0.0.2 10.0.0.3 10.0.0.1\n')

    def test_with_a_port_a_lease_is_not_enough(self):
        lab.run('ip', 'address', 'add', '10.0.0.1/32', 'dev', 'lo')
        self.addCleanup(lab.run, 'ip', 'address', 'delete', '10.0.0.1/32', 'dev', 'lo')
        lease(1, 'a')
        late = self.wait('a', '--port', '2222', '--timeout', '300ms')
        self.assertEqual(late.result(), 1)
        self.assertIn('port 2222', late.err.read_text())
        self.assertEqual(late.lines(), [])
        waiting = self.wait('a', '--port', '2222').asleep()
        with socket.create_server(('10.0.0.1', 2222)):
            self.assertEqual(waiting.result(), 0)
        self.assertEqual(waiting.lines(), ['a\t10.0.0.1'])

    def test_without_time_every_address_is_tried_once(self):
        network = self.network()
        self.join(network, 'closed')
        dead, _, _ = self.join(network, 'dead')
        web, _, open_ = self.join(network, 'web')
        server = web.spawn('/usr/bin/python3', '-c', f'import socket, time; s = socket.create_server(("{open_}", 2222)); time.sleep(1000)')
        self.addCleanup(server.kill)
        self.assertEqual(self.wait('web', '--port', '2222').result(), 0)
        dead.run('ip', 'link', 'set', 'eth0', 'down')
        for name, code, out, err in (('web', 0, [f'web\t{open_}'], ''),
                                     ('web closed', 1, [f'web\t{open_}'], 'connection: closed'),
                                     ('web dead closed', 1, [f'web\t{open_}'], 'connection: dead closed'),
                                     ('nobody', 1, [], 'without a lease: nobody')):
            with self.subTest(name=name):
                waiting = self.wait(*name.split(), '--port', '2222', '--timeout', '0')
                self.assertEqual(waiting.result(), code)
                self.assertEqual(waiting.lines(), out)
                self.assertIn(err, waiting.err.read_text())

    def machines(self, silent, accepting):
        """Leases of silent-1 and so on at addresses that answer nothing, and after those of open-1 and so on, which accept on port 2222."""
        lab.run('ip', 'link', 'add', 'nowhere', 'type', 'bridge')
        self.addCleanup(lab.run, 'ip', 'link', 'delete', 'nowhere')
        lab.run('ip', 'link', 'set', 'nowhere', 'arp', 'off', 'up')
        lab.run('ip', 'route', 'add', '10.8.0.0/16', 'dev', 'nowhere')
        lab.run('ip', 'route', 'add', 'local', '10.9.0.0/16', 'dev', 'lo')
        self.addCleanup(lab.run, 'ip', 'route', 'delete', 'local', '10.9.0.0/16', 'dev', 'lo')
        self.addCleanup(socket.create_server(('0.0.0.0', 2222), backlog=1000).close)
        machines = [(f'silent-{n}', f'10.8.0.{n}') for n in range(1, silent + 1)]
        machines += [(f'open-{n}', f'10.9.0.{n}') for n in range(1, accepting + 1)]
        STATE.mkdir()
        (STATE / 'lan.status').write_text(json.dumps([
            {'ip-address': address, 'hostname': name, 'expiry-time': 0, 'last-change': f'1.{number:09}'}
            for number, (name, address) in enumerate(machines)]))
        leasectl('rebuild')
        return [f'{name}\t{address}' for name, address in machines[silent:]]

    def test_attempts_leave_descriptors_for_the_index(self):
        accepting = self.machines(silent=62, accepting=20)
        waiting = Program(self, 'prlimit', '--nofile=64', 'leasectl', 'wait', 'open-[1-20]', '--match', 'silent-*', '--port', '2222')
        wait_until(lambda: sorted(waiting.lines()) == sorted(accepting), lab.SOON, waiting.lines)
        self.assertIsNone(waiting.process.poll())

    def test_with_hardly_any_descriptor_every_address_is_tried(self):
        accepting = self.machines(silent=1, accepting=40)
        waiting = Program(self, 'prlimit', '--nofile=16', 'leasectl', 'wait', 'open-[1-40]', 'silent-1', '--port', '2222', '--timeout', '0')
        self.assertEqual((waiting.result(), sorted(waiting.lines())), (1, sorted(accepting)))
        self.assertEqual(waiting.err.read_text(), 'leasectl: time is up; port 2222 has not accepted a connection: silent-1\n')

    def test_an_attempt_without_a_descriptor_is_none(self):
        accepting = self.machines(silent=30, accepting=10)
        with contextlib.ExitStack() as inherited:
            files = [inherited.enter_context(open(os.devnull, 'rb')).fileno() for _ in range(40)]
            waiting = Program(self, 'prlimit', '--nofile=64', 'leasectl', 'wait', 'open-[1-10]', 'silent-[1-30]', '--port', '2222',
                              '--timeout', '0', pass_fds=files)
        self.assertEqual((waiting.result(), sorted(waiting.lines())), (1, sorted(accepting)))
        self.assertIn('has not accepted a connection: silent-[1-30]\n', waiting.err.read_text())


if __name__ == '__main__':
    lab.main()
