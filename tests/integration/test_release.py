"""leasectl release: for real clients that died without a word, at a real dnsmasq."""

import json
import pathlib
import signal
import subprocess

import lab
from calls import call
from lab import Dhclient, Dhcpcd, Udhcpc, leasectl, resolve, run, status
from sandbox import SCRATCH
from schemas import validate


def refused(*arguments, **options):
    """Status and complaint of a release that is impossible."""
    done = subprocess.run(['leasectl', 'release', *arguments], capture_output=True, text=True, **options)
    return done.returncode, done.stderr


def outcomes(*arguments):
    """Exit status, and the outcome for each address by --json."""
    done = subprocess.run(['leasectl', 'release', '--json', *arguments], stdout=subprocess.PIPE, text=True)
    return done.returncode, {entry['lease']['ip-address']: entry['outcome'] for entry in validate(done.stdout, 'release.schema.json')}


class Release(lab.LabTest):

    def dead(self, network, name, kind=Udhcpc, **options):
        host, client, address = self.join(network, name, kind, **options)
        client.kill()
        return host, address

    def leased(self, network):
        """What dnsmasq itself holds, by its lease file."""
        return {line.split()[2] for line in network.lease_file.read_text().splitlines() if not line.startswith('duid')}

    def test_the_lease_of_every_v4_client_program_ends_by_name_address_or_mac(self):
        network = self.network()
        _, alive = self.dead(network, 'alive')
        for kind, key in (Udhcpc, 'address'), (Dhclient, 'name'), (Dhcpcd, 'mac'):
            with self.subTest(client=kind.__name__):
                name = kind.__name__.lower()
                host, address = self.dead(network, name, kind)
                leasectl('release', {'address': address, 'name': name, 'mac': host.mac}[key])
                self.assertEqual(resolve(name), set())
                self.assertEqual(self.leased(network), {alive})
        self.assertEqual(resolve('alive'), {alive})

    def test_the_lease_of_every_v6_client_program_ends(self):
        network = self.network(families=(6,))
        for kind in Dhclient, Dhcpcd:
            with self.subTest(client=kind.__name__):
                name = kind.__name__.lower()
                self.dead(network, name, kind, family=6)
                leasectl('release', name)
                self.assertEqual(resolve(name), set())
                self.assertEqual(self.leased(network), set())

    def test_of_two_leases_of_one_card_the_one_that_is_meant_ends(self):
        network = self.network()
        host, first = self.dead(network, 'first')
        client = Dhcpcd(host, 'second')
        lab.wait_until(lambda: resolve('second'), lab.SOON, 'the lease of the second client program')
        client.kill()
        second, = resolve('second')
        self.assertNotEqual(first, second)
        leasectl('release', first)
        self.assertEqual(self.leased(network), {second})
        leasectl('release', second)
        self.assertEqual(self.leased(network), set())

    def test_a_network_that_is_not_named_like_its_interface(self):
        network = self.network('virbr7', environment={'NSS_LEASES_NETWORK': 'default'})
        _, address = self.dead(network, 'web')
        leasectl('release', address)
        self.assertEqual(status(network), [])

    def relayed(self, network, name):
        """A machine in a subnet that only a relay on the network has an interface in."""
        relay = self.host(network, 'relay')
        relay.run('ip', 'link', 'add', 'behind', 'type', 'bridge', 'mcast_snooping', '0')
        for interface, v4, v6 in ('eth0', f'{network.v4}.2', f'{network.v6}:2'), ('behind', '10.5.1.1', 'fd05:1::1'):
            relay.run('ip', 'address', 'add', f'{v4}/24', 'dev', interface)
            relay.run('ip', 'address', 'add', f'{v6}/64', 'dev', interface, 'nodad')
        relay.run('ip', 'link', 'set', 'behind', 'up')
        relay.run('sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward')
        run('ip', 'route', 'add', '10.5.1.0/24', 'via', f'{network.v4}.2')
        run('ip', 'route', 'add', 'fd05:1::/64', 'via', f'{network.v6}:2')
        relay.spawn('dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--port=0', '--pid-file',
                    f'--dhcp-relay=10.5.1.1,{network.v4}.1', f'--dhcp-relay=fd05:1::1,{network.v6}:1')
        host = self.host(network, name)
        cable, = (link['ifname'] for link in json.loads(run('ip', '-json', 'link'))
                  if link['ifindex'] == json.loads(host.run('ip', '-json', 'link', 'show', 'eth0'))[0]['link_index'])
        run('ip', 'link', 'set', cable, 'netns', relay.namespace)
        relay.run('ip', 'link', 'set', cable, 'master', 'behind', 'up')
        return host

    def test_leases_that_came_through_a_relay(self):
        ranges = 'dhcp-range=10.5.1.10,10.5.1.90,255.255.255.0,1h', 'dhcp-range=fd05:1::10,fd05:1::90,64,1h'
        for environment in {}, {'NSS_LEASES_NETWORK': 'lab'}:
            with self.subTest(environment):
                network = self.network(families=(), options=ranges, environment=environment)
                host = self.relayed(network, 'web')
                client = Udhcpc(host, 'web')
                v4 = host.address()
                self.assertTrue(v4.startswith('10.5.1.'), v4)
                client.kill()
                Dhclient(host, 'web', family=6)
                v6 = host.address(6)
                self.resolves('web', v4, v6)
                for process in host.processes:
                    process.kill()
                self.assertEqual(outcomes(v6), (0, {v6: 'released'}))
                self.resolves('web', v4)
                self.assertEqual(outcomes(v4), (0, {v4: 'released'}))
                self.assertEqual(self.leased(network), set())
            self.doCleanups()

    def test_after_the_interface_got_another_name(self):
        network = self.network('lan', environment={'NSS_LEASES_NETWORK': 'lab'}, families=(4, 6))
        _, v4 = self.dead(network, 'web')
        _, v6 = self.dead(network, 'db', Dhclient, family=6)
        network.stop()
        for change in ['down'], ['name', 'lan0'], ['up']:
            run('ip', 'link', 'set', 'lan0' if change == ['up'] else 'lan', *change)
        self.addCleanup(run, 'ip', 'link', 'set', 'lan0', 'name', 'lan')
        self.addCleanup(run, 'ip', 'link', 'set', 'lan0', 'down')
        run('ip', 'address', 'replace', f'{network.v6}:1/64', 'dev', 'lan0', 'nodad')
        network.configuration.write_text(network.configuration.read_text().replace('interface=lan\n', 'interface=lan0\n'))
        network.start()
        self.assertEqual(outcomes(v4), (0, {v4: 'released'}))
        self.assertEqual(outcomes(v6), (0, {v6: 'released'}))

    def test_where_no_dnsmasq_hears_it_that_is_said_at_once(self):
        _, address = self.dead(self.network(), 'web')
        run('ip', 'netns', 'add', 'elsewhere')
        self.addCleanup(run, 'ip', 'netns', 'delete', 'elsewhere')
        done = subprocess.run(['ip', 'netns', 'exec', 'elsewhere', 'leasectl', 'release', 'web'], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn('nothing receives DHCPv4 here: dnsmasq does not run, or runs in another network namespace', done.stderr)
        self.assertIn(address, done.stderr)
        self.assertEqual(resolve('web'), {address})

    def test_several_leases_are_listed_and_ended_with_all(self):
        red, blue = self.network('red', families=(4, 6)), self.network('blue')
        host, client, v4 = self.join(red, 'web')
        client.kill()
        Dhclient(host, 'web', family=6)
        v6 = host.address(6)
        self.resolves('web', v4, v6)
        for process in host.processes:
            process.kill()
        in_blue = self.host(blue, 'web')
        Udhcpc(in_blue, 'web')
        other = in_blue.address()
        self.resolves('web', v4, v6, other)
        for key, meant in ('web', {v4, v6, other}), (host.mac, {v4, v6}):
            code, complaint = refused(key)
            self.assertEqual(code, 1)
            self.assertEqual({word for word in complaint.split() if word in {v4, v6, other}}, meant)
            self.assertIn('--all', complaint)
        self.assertEqual(outcomes('web'), (1, dict.fromkeys([v4, v6, other], 'kept')))
        self.assertEqual(resolve('web'), {v4, v6, other})
        self.assertEqual(outcomes('--all', host.mac), (0, dict.fromkeys([v4, v6], 'released')))
        self.assertEqual(resolve('web'), {other})
        leasectl('release', 'web')
        self.assertEqual(resolve('web'), set())

    def test_no_lease_ends_if_one_of_them_cannot_be_released(self):
        network = self.network(families=(4, 6))
        # After the first event of its server, a lease that is not in the server's file is gone.
        _, other = self.dead(network, 'other')
        temporary = f'{network.v6}:77'
        call('add', '00:03:00:01:52:54:00:00:00:01', temporary, 'web', DNSMASQ_IAID='T1', DNSMASQ_SERVER_DUID='00:01')
        # The last machine to come would be the first to be released.
        host = self.host(network, 'web')
        client = Udhcpc(host, 'web')
        v4 = host.address()
        self.resolves('web', v4, temporary)
        client.kill()
        done = subprocess.run(['leasectl', 'release', '--all', '--json', 'web'], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (3, ''))
        self.assertIn(f'{temporary}: cannot be released: dhcp_release6 has no way to release an IA_TA', done.stderr)
        self.assertEqual(self.leased(network), {v4, other})

    def test_what_is_not_leased_is_an_error_that_names_it(self):
        self.dead(self.network(), 'web')
        code, complaint = refused('nobody')
        self.assertEqual(code, 1)
        self.assertIn("'nobody'", complaint)
        self.assertEqual(outcomes('nobody'), (1, {}))

    def test_a_dnsmasq_that_does_not_answer_is_an_error(self):
        network = self.network()
        _, address = self.dead(network, 'web')
        # It is there, but hangs.
        network.process.send_signal(signal.SIGSTOP)
        code, complaint = refused('web')
        self.assertEqual(code, 1)
        self.assertIn(f'asked through {network.name};', complaint)
        self.assertIn(address, complaint)
        network.kill()
        code, complaint = refused('web')
        self.assertEqual(code, 1)
        self.assertIn('dnsmasq does not run', complaint)
        self.assertIn(address, complaint)
        self.assertEqual(outcomes('web'), (1, {address: 'unanswered'}))
        self.assertEqual(resolve('web'), {address})

    def test_without_dnsmasq_s_program_the_package_is_named(self):
        self.dead(self.network(), 'web')
        program = pathlib.Path('/usr/bin/dhcp_release')
        aside = program.rename('/usr/bin/aside')
        self.addCleanup(aside.rename, program)
        code, complaint = refused('web')
        self.assertEqual(code, 3)
        self.assertIn('dnsmasq-utils', complaint)

    def test_a_v6_lease_can_only_be_released_by_root_and_others_are_told(self):
        self.dead(self.network(families=(6,)), 'web', Dhclient, family=6)
        done = subprocess.run(['setpriv', '--reuid', 'nobody', '--clear-groups', 'leasectl', 'release', 'web'], capture_output=True, text=True)
        self.assertEqual(done.returncode, 3)
        self.assertIn('as root', done.stderr)


# What Incus sends, a line for each event.
EVENTS = '''#!/bin/sh
cat <<END
{"type":"lifecycle","timestamp":"2026-01-01T10:00:00Z","metadata":{"action":"instance-started","source":"/1.0/instances/stays","name":"stays","project":"default"}}
{"type":"lifecycle","timestamp":"2026-01-01T10:00:01Z","metadata":{"action":"instance-stopped","source":"/1.0/instances/gone","name":"gone","project":"default"}}
{"type":"lifecycle","timestamp":"2026-01-01T10:00:02Z","metadata":{"action":"instance-deleted","source":"/1.0/instances/never","name":"never","project":"default"}}
END
'''


def recipe():
    """The lines of the manual for Incus."""
    manual = (pathlib.Path(__file__).parents[2] / 'docs/leasectl.1').read_text()
    return manual[manual.index('incus monitor'):].partition('.Ed')[0]


class Incus(lab.LabTest):
    """Incus is not in Debian 12, so a program prints its events."""

    def test_the_manual_s_line_ends_the_lease_of_an_instance_that_stops(self):
        program = SCRATCH / 'incus'
        program.write_text(EVENTS)
        program.chmod(0o755)
        self.addCleanup(program.unlink)
        network = self.network('incusbr0')
        self.join(network, 'stays')
        self.join(network, 'gone')
        run('sh', '-c', f'PATH={SCRATCH}:$PATH; {recipe()}true')
        self.assertEqual(({name for name in ('stays', 'gone') if resolve(name)}), {'stays'})


if __name__ == '__main__':
    lab.main()
