"""What systemd-resolved's hook answers: the protocol, with a client of the test's own. (With the real one: scripts/test-resolved.)"""

import ipaddress
import shutil
import socket
import time

import lab
from calls import call, lease, mac
from dns_query import AAAA, PTR, A
from hook import DAEMON, FILTER, RESOLVE, Hook, message, question
from hook_lab import ResolveHook
from lab import RUNTIME, run
from program import Program
from waiting import wait_until

MX, SRV, HTTPS, ANY = 15, 33, 65, 255
CHAOS = 3
SERVICE = 'org.varlink.service'
FAR = str(int(time.time()) + 100_000)


def pointer(address):
    return ipaddress.ip_address(address).reverse_pointer


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


if __name__ == '__main__':
    lab.main()
