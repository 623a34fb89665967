"""What systemd-resolved's hook answers: the protocol, with a client of the test's own. (With the real one: scripts/test-resolved.)"""

import contextlib
import ipaddress
import pathlib
import re
import resource
import shutil
import socket
import sys
import threading
import time

import lab
import sandbox
import sources
from calls import call, lease, mac
from dns_query import AAAA, PTR, A
from hook import DAEMON, FILTER, RESOLVE, Hook, message, question, serve
from lab import RUNTIME, run
from program import Program
from sandbox import SOAK
from waiting import wait_until

MX, SRV, HTTPS, ANY = 15, 33, 65, 255
CHAOS = 3
SERVICE = 'org.varlink.service'
FAR = str(int(time.time()) + 100_000)


def pointer(address):
    return ipaddress.ip_address(address).reverse_pointer


class ResolveHook(lab.LabTest):

    def setUp(self):
        super().setUp()
        self.daemon = serve(self)
        self.hook = self.enterContext(Hook())

    def rests(self):
        """It waits, and needs no processor for that."""
        def used():
            return pathlib.Path(f'/proc/{self.daemon.process.pid}/stat').read_text().rpartition(')')[2].split()[11:13]

        def rests():
            before = used()
            time.sleep(0.2)
            return used() == before

        wait_until(rests, lab.SOON, 'it rests')


class Answers(ResolveHook):

    def test_a_name_an_address_and_what_else_may_be_asked_of_them(self):
        lease(1, 'vm1', DNSMASQ_DOMAIN='lab.test')
        call('add', '00:01:00:01:02:03', 'fd00::2', 'six', DNSMASQ_DOMAIN='lab.test', DNSMASQ_IAID='1', DNSMASQ_SERVER_DUID='00:01')
        lease(3, 'both', DNSMASQ_DOMAIN='lab.test')
        call('add', '00:01:00:01:02:04', 'fd00::3', 'both', DNSMASQ_DOMAIN='lab.test', DNSMASQ_IAID='1', DNSMASQ_SERVER_DUID='00:01')
        forever = 2**31 - 1
        for name in 'vm1', 'vm1.lab.test', 'vm1.lan', 'VM1.Lab.Test':
            self.assertEqual(self.hook.ask((name, A)), [(name, A, forever, '10.0.0.1')])
            for other in AAAA, MX, SRV, HTTPS, PTR:
                self.assertEqual(self.hook.ask((name, other)), [], (name, other))
            self.assertEqual(self.hook.ask((name, A), (name, AAAA)), [(name, A, forever, '10.0.0.1')])
        self.assertEqual(self.hook.ask(('six', A)), [])
        self.assertEqual(self.hook.addresses('six'), {'fd00::2'})
        self.assertEqual(self.hook.addresses('both.lab.test'), {'10.0.0.3', 'fd00::3'})
        self.assertEqual(sorted(self.hook.ask(('both', ANY))), [('both', A, forever, '10.0.0.3'), ('both', AAAA, forever, 'fd00::3')])
        for address, name in ('10.0.0.1', 'vm1.lab.test'), ('fd00::3', 'both.lab.test'), ('::ffff:10.0.0.3', 'both.lab.test'):
            for kind in PTR, ANY:
                self.assertEqual(self.hook.ask((pointer(address), kind)), [(pointer(address), PTR, forever, name)])
            self.assertEqual(self.hook.ask((pointer(address), A)), [])
        for name in 'vm2', 'vm1.lab', 'vm1.test', 'lab.test', 'x.vm1', 'vm1.lab.test.lan', '', '.', pointer('10.0.0.9'), '10.0.0.1', 'in-addr.arpa', 'localhost':
            self.assertIsNone(self.hook.ask((name, A), (name, AAAA)), name)

    def test_of_several_names_one_that_is_known_is_enough(self):
        lease(1, 'xn--bcher-kva', DNSMASQ_DOMAIN='lab.test')
        keys = [(name, kind) for name in ('xn--bcher-kva.lab.test', 'bücher.lab.test') for kind in (A, AAAA)]
        self.assertEqual({data for _, _, _, data in self.hook.ask(*keys)}, {'10.0.0.1'})

    def test_another_class_is_not_ours(self):
        lease(1, 'vm1')
        for of_class in CHAOS, ANY, 0:
            self.assertEqual(self.hook.call(RESOLVE, question(('vm1', A), of_class=of_class)), {'parameters': {}})

    def test_each_change_shows_at_the_next_question(self):
        self.assertIsNone(self.hook.addresses('vm1'))
        lease(1, 'vm1')
        self.assertEqual(self.hook.addresses('vm1'), {'10.0.0.1'})
        for round_ in range(50):
            name = f'vm{round_ + 2}'
            lease(1, name)
            self.assertEqual(self.hook.addresses(name), {'10.0.0.1'})
            self.assertIsNone(self.hook.addresses(f'vm{round_ + 1}'))
            self.assertEqual([data for _, _, _, data in self.hook.ask((pointer('10.0.0.1'), PTR))], [name])
        call('del', mac(1), '10.0.0.1', name)
        self.assertIsNone(self.hook.addresses(name))
        lease(2, name)
        self.assertEqual(self.hook.addresses(name), {'10.0.0.2'})
        run('leasectl', 'rebuild')
        self.assertEqual(self.hook.addresses(name), {'10.0.0.2'})

    def test_an_answer_holds_until_its_lease_ends(self):
        begin = time.time()
        lease(1, 'vm1', DNSMASQ_LEASE_EXPIRES=str(int(begin) + 1000))
        (_, _, ttl, _), = self.hook.ask(('vm1', A))
        self.assertLessEqual(ttl, 1000)
        self.assertGreaterEqual(ttl, 999 - (time.time() - begin))
        end = int(time.time()) + 3
        lease(1, 'vm1', DNSMASQ_LEASE_EXPIRES=str(end))
        wait_until(lambda: self.hook.ask(('vm1', A)) is None, lab.SOON, 'the end of the lease')
        self.assertGreaterEqual(time.time(), end)

    def test_without_an_index_nothing_is_known_until_there_is_one(self):
        self.assertIsNone(self.hook.addresses('vm1'))
        lease(1, 'vm1')
        self.assertEqual(self.hook.addresses('vm1'), {'10.0.0.1'})
        shutil.rmtree(RUNTIME)
        wait_until(lambda: self.hook.addresses('vm1') is None, lab.SOON, 'the index is gone')
        lease(2, 'vm2')
        wait_until(lambda: self.hook.addresses('vm2') == {'10.0.0.2'}, lab.SOON, 'the new index')
        self.assertIsNone(self.daemon.process.poll())


class Protocol(ResolveHook):

    def test_it_describes_itself_as_varlink_services_do(self):
        info = self.hook.call(f'{SERVICE}.GetInfo')['parameters']
        self.assertEqual(set(info['interfaces']), {SERVICE, 'io.systemd.Resolve.Hook'})
        self.assertIn(info['version'], run(DAEMON, '--version'))
        for interface in info['interfaces']:
            text = self.hook.call(f'{SERVICE}.GetInterfaceDescription', {'interface': interface})['parameters']['description']
            self.assertIn(f'\ninterface {interface}\n', text)

    def test_what_it_does_not_have_is_an_error_and_the_connection_goes_on(self):
        hook = 'io.systemd.Resolve.Hook'
        for method, parameters, error, about in (
                (f'{hook}.Nothing', {}, 'MethodNotFound', {'method': f'{hook}.Nothing'}),
                (f'{SERVICE}.Nothing', {}, 'MethodNotFound', {'method': f'{SERVICE}.Nothing'}),
                ('org.example.Ping', {}, 'InterfaceNotFound', {'interface': 'org.example'}),
                ('nothing', {}, 'InterfaceNotFound', {'interface': 'nothing'}),
                (f'{SERVICE}.GetInterfaceDescription', {'interface': 'org.example'}, 'InterfaceNotFound', {'interface': 'org.example'}),
                (f'{SERVICE}.GetInterfaceDescription', {}, 'InvalidParameter', {'parameter': 'interface'}),
                *((RESOLVE, wrong, 'InvalidParameter', {'parameter': 'question'}) for wrong in (
                    {}, {'question': []}, {'question': {}}, {'question': [{}]}, {'question': [{'key': {}}]}, question(('vm1', 65536)),
                    question(('vm1', -1)), question(('vm1', 'A')), question(('vm1', 1.0)), question((1, A)), question(*[('vm1', A)] * 17)))):
            with self.subTest(method=method, parameters=parameters):
                self.assertEqual(self.hook.call(method, parameters), {'error': f'{SERVICE}.{error}', 'parameters': about})
        self.assertEqual(self.hook.call(RESOLVE, question(('vm1', A)), upgrade=True)['error'], f'{SERVICE}.MethodNotImplemented')
        self.assertEqual(self.hook.call(RESOLVE, {**question(('vm1', A)), 'later': 1}, later={}), {'parameters': {}})

    def test_a_message_that_is_no_call_closes_the_connection_and_no_other(self):
        for wrong in (b'\0', b'{\0', b'[]\0', b'{}\0', b'1\0', b'null\0', b'{"method": 1}\0', b'{"method": ""}\0', b'{"method": "a.b", "more": 1}\0',
                      b'{"method": "a.b", "parameters": []}\0', b'{"method": "a.b", "more": true, "oneway": true}\0', b'\xff\xfe\0',
                      b'{"method": "\xff"}\0', b'[' * 60_000 + b'\0', b'x' * 70_000):
            with self.subTest(wrong=wrong[:40]), Hook() as other:
                other.send(wrong)
                self.assertIsNone(other.reply())
        self.assertIsNone(self.hook.addresses('vm1'))

    def test_messages_come_in_any_pieces(self):
        lease(1, 'vm1')
        one = message(RESOLVE, question(('vm1', A)))
        for byte in one:
            self.hook.send(bytes([byte]))
        answer = self.hook.reply()
        self.assertEqual(len(answer['parameters']['answer']), 1)
        self.hook.send(one * 3 + one[:20])
        self.assertEqual([self.hook.reply() for _ in range(3)], [answer] * 3)
        self.hook.send(one[20:])
        self.assertEqual(self.hook.reply(), answer)
        # As many as are read before others have their turn, and more; then the end.
        self.hook.send(one * 200)
        self.hook.wire.shutdown(socket.SHUT_WR)
        self.assertEqual([self.hook.reply() for _ in range(200)], [answer] * 200)
        self.assertIsNone(self.hook.reply())

    def test_a_call_that_wants_no_reply_gets_none(self):
        self.hook.send(message(RESOLVE, question(('vm1', A)), oneway=True) + message(f'{SERVICE}.Nothing', oneway=True))
        self.assertEqual(self.hook.call(f'{SERVICE}.GetInfo')['parameters']['product'], 'leases-resolve')

    def test_it_needs_a_socket_of_systemd(self):
        program = Program(self, DAEMON)
        self.assertEqual(program.result(), 1)
        self.assertIn('systemctl start leases-resolve.socket', program.err.read_text())


class Filter(ResolveHook):

    def follow(self):
        follower = self.enterContext(Hook())
        first = follower.call(FILTER, more=True)
        self.assertTrue(first['continues'])
        return follower, first['parameters']['filterDomains']

    def changed(self, follower):
        reply = follower.reply()
        self.assertTrue(reply['continues'])
        return reply['parameters'].get('filterDomains')

    def test_it_is_what_leases_can_be_asked_by_and_is_sent_again_when_that_changes(self):
        follower, domains = self.follow()
        self.assertEqual(domains, [])
        lease(1, 'VM1', DNSMASQ_DOMAIN='Lab.Test')
        mapped = 'f.f.f.f' + 20 * '.0' + '.ip6.arpa'
        expected = ['0.0.10.in-addr.arpa', mapped, 'lab.test', 'lan', 'vm1']
        self.assertEqual(sorted(self.changed(follower)), sorted(expected))
        self.assertEqual(sorted(self.hook.call(FILTER)['parameters']['filterDomains']), sorted(expected))
        self.assertNotIn('continues', self.hook.call(FILTER))
        # Nothing that the filter says has changed.
        lease(1, 'VM1', DNSMASQ_DOMAIN='Lab.Test')
        lease(1, 'VM2', DNSMASQ_DOMAIN='Lab.Test')
        self.assertEqual(sorted(self.changed(follower)), sorted([*expected[:-1], 'vm2']))
        call('add', '00:01:00:01:02:03', 'fd00:1:2:3::5', 'six', DNSMASQ_IAID='1', DNSMASQ_SERVER_DUID='00:01')
        domains = self.changed(follower)
        self.assertIn('3.0.0.0.2.0.0.0.1.0.0.0.0.0.d.f.ip6.arpa', domains)
        self.assertIn('six', domains)
        call('del', '00:01:00:01:02:03', 'fd00:1:2:3::5', 'six', DNSMASQ_IAID='1')
        self.changed(follower)
        call('del', mac(1), '10.0.0.1', 'VM2')
        self.assertEqual(self.changed(follower), [])
        self.assertTrue(follower.is_quiet())
        self.rests()

    def test_a_peer_that_speaks_while_it_follows_is_closed(self):
        follower, _ = self.follow()
        follower.send(message(f'{SERVICE}.GetInfo'))
        self.assertIsNone(follower.reply())
        self.hook.send(message(FILTER, more=True) + message(f'{SERVICE}.GetInfo'))
        self.assertEqual(self.hook.reply()['parameters'], {'filterDomains': []})
        self.assertIsNone(self.hook.reply())

    def test_every_name_asked_for_by_all_the_leases_passes_it(self):
        lease(1, 'vm1', DNSMASQ_DOMAIN='lab.test')
        lease(2, 'wpad', DNSMASQ_DOMAIN='lab.test')
        _, domains = self.follow()
        self.assertNotIn('wpad', domains)
        for name in 'vm1', 'vm1.lab.test', 'vm1.lan', pointer('10.0.0.1'), pointer('::ffff:10.0.0.1'):
            self.assertIsNotNone(self.hook.ask((name, A)))
            labels = name.split('.')
            self.assertTrue(any('.'.join(labels[i:]) in domains for i in range(len(labels))), name)


class Peers(ResolveHook):
    """Other local users may connect, too. Whatever they do, systemd-resolved is answered."""

    MANY = 600  # more than there may be
    # The tree may be where other users cannot read.
    CLIENT = sandbox.TEMPORARY / 'client'

    @classmethod
    def setUpClass(cls):
        cls.CLIENT.mkdir()
        for name in 'hook.py', 'dns_query.py', 'program.py', 'waiting.py':
            shutil.copyfile(pathlib.Path(__file__).with_name(name), cls.CLIENT / name)

    def setUp(self):
        super().setUp()
        lease(1, 'vm1')
        self.is_answered()

    def is_answered(self):
        self.assertEqual(self.hook.addresses('vm1'), {'10.0.0.1'})

    def as_user(self, user, program, *arguments):
        """A Python program of another user's, with the client, that has printed a line."""
        peer = Program(self, 'setpriv', '--reuid', user, '--clear-groups', sys.executable, '-B', '-c',
                       f'import sys; sys.path.insert(0, {str(self.CLIENT)!r}); from hook import *\n{program}', *arguments)
        wait_until(lambda: peer.lines() or peer.process.poll() is not None, lab.SOON, 'the other user')
        self.assertIsNone(peer.process.poll(), peer.err.read_text())
        return peer

    def descriptors(self):
        return len(list(pathlib.Path(f'/proc/{self.daemon.process.pid}/fd').iterdir()))

    def memory(self):
        """Resident, in KiB."""
        return int(re.search(r'^VmRSS:\s*(\d+)', pathlib.Path(f'/proc/{self.daemon.process.pid}/status').read_text(), re.M)[1])

    def test_those_who_are_silent_keep_nobody_out(self):
        for user in 12345, 12346:
            self.as_user(user, f'peers = [Hook() for _ in range({self.MANY})]; print("there", flush=True); sys.stdin.read(); import time; time.sleep(600)')
            self.is_answered()
            with Hook() as another:
                self.assertEqual(another.addresses('vm1'), {'10.0.0.1'})
            self.is_answered()
        wait_until(lambda: self.descriptors() < 540, lab.SOON, 'no more than there may be')

    def test_of_one_user_who_has_too_many_the_longest_unused_goes(self):
        others = []
        follower = self.enterContext(Hook())
        follower.call(FILTER, more=True)
        for _ in range(self.MANY):
            others.append(self.enterContext(Hook()))
            self.assertEqual(others[-1].addresses('vm1'), {'10.0.0.1'})
        self.assertIsNone(self.hook.reply())
        self.assertIsNone(others[0].reply())
        # It has nothing to say, but waits for news.
        lease(2, 'vm2')
        self.assertIn('vm2', follower.reply()['parameters']['filterDomains'])

    def test_one_who_floods_is_one_among_others(self):
        self.as_user(12345, 'import threading\nmany = message(RESOLVE, question(("vm1", A))) * 1000\n'
                            'def flood():\n    peer = Hook(); threading.Thread(target=lambda: [peer.wire.recv(1 << 16) for _ in iter(int, 1)], daemon=True).start()\n'
                            '    while True: peer.send(many)\n'
                            'for _ in range(4): threading.Thread(target=flood, daemon=True).start()\n'
                            'print("there", flush=True)\nimport time; time.sleep(600)')
        for _ in range(100):
            self.is_answered()

    def test_one_who_takes_no_replies_is_not_read_any_further(self):
        program = self.as_user(12345, 'peer = Hook(); print("there", flush=True)\nwhile True: peer.send(message(RESOLVE, question(("vm1", A))) * 1000)')
        before = self.memory()
        # It is stuck in its sending: what the kernel keeps for the two is full.
        wait_until(lambda: self.is_stuck(program), lab.SOON, 'it waits')
        self.is_answered()
        self.rests()
        self.assertLess(self.memory() - before, 4096)

    def lease_crowd(self):
        """The name with most addresses, in a long domain: a reply of some 300 KiB."""
        domain = '.'.join(['d' * 60] * 3)
        file = sandbox.TEMPORARY / 'leases'
        file.write_text(''.join(f'{int(time.time()) + 3600} 52:54:00:01:{i >> 8:02x}:{i & 255:02x} 10.1.{i >> 8}.{i & 255} crowd.{domain} *\n' for i in range(1024)))
        sources.configure(sources.dnsmasq_leases(file, network='crowd'))
        self.addCleanup(sources.CONFIGURATION.unlink)
        sources.import_once()

    def test_one_who_takes_replies_late_gets_them_all(self):
        self.lease_crowd()
        count = 300
        sender = threading.Thread(target=lambda: self.hook.send(message(RESOLVE, question(('crowd', A))) * count), daemon=True)
        sender.start()
        with Hook() as other:
            self.assertEqual(other.addresses('vm1'), {'10.0.0.1'})
        self.rests()
        for _ in range(count):
            self.assertEqual(len(self.hook.reply()['parameters']['answer']), 1024)
        sender.join()
        self.assertTrue(self.hook.is_quiet())

    def test_what_nobody_takes_has_a_limit(self):
        self.lease_crowd()
        before = self.memory()
        long = f'crowd.{".".join(["d" * 60] * 3)}'
        self.as_user(12345, f'peers = [Hook() for _ in range(100)]\nfor peer in peers: peer.send(message(RESOLVE, question(({long!r}, A))))\n'
                            'print("there", flush=True)\nimport time; time.sleep(600)')
        with Hook() as last:
            # It comes after all of them.
            self.assertIsNotNone(last.addresses('vm1'))
        wait_until(lambda: self.descriptors() < 100, lab.SOON, 'some are closed')
        self.rests()
        self.assertLess(self.memory() - before, 16384)
        self.is_answered()

    def test_what_nobody_ends_has_a_limit(self):
        before = self.memory()
        self.as_user(12345, f'peers = [Hook() for _ in range(400)]\n'
                            'for peer in peers:\n    try: peer.send(b"x" * 60000)\n    except OSError: pass\n'
                            'print("there", flush=True)\nimport time; time.sleep(600)')
        with Hook() as last:
            self.assertEqual(last.addresses('vm1'), {'10.0.0.1'})
        self.rests()
        self.assertLess(self.memory() - before, 16384)
        self.is_answered()

    def test_one_person_with_many_user_numbers_keeps_no_service_out(self):
        with contextlib.ExitStack() as stack:
            resolveds = [stack.enter_context(Hook()) for _ in range(6)]
            for hook in resolveds:
                self.assertEqual(hook.addresses('vm1'), {'10.0.0.1'})
            self.as_user(0, f'import os\npeers = []\nfor n in range({self.MANY}):\n    os.seteuid(100000 + n); peers.append(Hook()); os.seteuid(0)\n'
                            'print("there", flush=True)\nimport time; time.sleep(600)')
            with Hook() as last:
                self.assertEqual(last.addresses('vm1'), {'10.0.0.1'})
            for hook in resolveds:
                self.assertEqual(hook.addresses('vm1'), {'10.0.0.1'})

    def test_a_filter_that_cannot_be_made_is_made_once_it_can_be(self):
        with Hook() as follower:
            self.assertIn('vm1', follower.call(FILTER, more=True)['parameters']['filterDomains'])
            before = resource.prlimit(self.daemon.process.pid, resource.RLIMIT_NOFILE)
            # No descriptor is left for the index.
            resource.prlimit(self.daemon.process.pid, resource.RLIMIT_NOFILE, (3, before[1]))
            lease(2, 'vm2')
            self.rests()
            resource.prlimit(self.daemon.process.pid, resource.RLIMIT_NOFILE, before)
            self.assertIn('vm2', follower.reply()['parameters']['filterDomains'])

    def is_stuck(self, program):
        before = program.switches()
        for _ in range(10):
            self.is_answered()
            time.sleep(0.02)
        return program.switches() == before

    def test_half_a_message_keeps_nobody_waiting(self):
        one = message(RESOLVE, question(('vm1', A)))
        with Hook() as other:
            other.send(one[:-1])
            self.is_answered()
            other.send(one[-1:])
            self.assertEqual(len(other.reply()['parameters']['answer']), 1)

    def test_peers_that_go_in_the_middle_leave_nothing(self):
        before = self.descriptors()
        one = message(RESOLVE, question(('vm1', A)))
        for i in range(300):
            with Hook() as other:
                other.send((one * 100)[:i * 7])
        self.is_answered()
        wait_until(lambda: self.descriptors() == before, lab.SOON, 'all are closed')
        self.rests()

    def test_without_descriptors_left_it_waits_and_goes_on(self):
        limit = self.descriptors() + 3
        resource.prlimit(self.daemon.process.pid, resource.RLIMIT_NOFILE, (limit, limit))
        crowd = self.as_user(12345, 'peers = [Hook() for _ in range(20)]; print("there", flush=True)\nimport time; time.sleep(600)')
        for name in 'vm2', 'vm1':
            self.is_answered()
            lease(2, name)
            self.assertEqual(self.hook.addresses('vm2'), {'10.0.0.2'} if name == 'vm2' else None)
        call('del', mac(2), '10.0.0.2', 'vm1')
        self.rests()
        crowd.end()
        with Hook() as other:
            self.assertEqual(other.addresses('vm1'), {'10.0.0.1'})
        self.is_answered()

    def test_memory_stays_the_same_over_many_questions(self):
        one = message(RESOLVE, question(('vm1', A), ('vm1', AAAA))) + message(RESOLVE, question(('nobody', A)))
        rounds = 5000 if SOAK else 200

        def ask(rounds):
            for _ in range(rounds):
                self.hook.send(one * 100)
                for _ in range(200):
                    self.hook.reply()

        ask(100)
        before = self.memory()
        ask(rounds)
        self.assertLess(self.memory() - before, 512)


if __name__ == '__main__':
    lab.main()
