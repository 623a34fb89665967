"""leasectl release: real clients that die without a word, and a real dnsmasq that is told."""

import pathlib
import subprocess

import lab
from calls import call
from lab import Dhclient, Dhcpcd, Udhcpc, leasectl, resolve, status
from schemas import validate


def refused(*arguments, **options):
    """Status and complaint of a release that cannot be."""
    done = subprocess.run(['leasectl', 'release', *arguments], capture_output=True, text=True, **options)
    return done.returncode, done.stderr


def outcomes(*arguments):
    """Exit status, and what --json says became of each address."""
    done = subprocess.run(['leasectl', 'release', '--json', *arguments], stdout=subprocess.PIPE, text=True)
    return done.returncode, {entry['lease']['ip-address']: entry['outcome'] for entry in validate(done.stdout, 'release.schema.json')}


class Release(lab.LabTest):

    def dead(self, network, name, kind=Udhcpc, **options):
        host, client, address = self.join(network, name, kind, **options)
        client.kill()
        return host, address

    def leased(self, network):
        """What dnsmasq itself has, in its lease file."""
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
        temporary = f'{network.v6}:77'
        call('add', '00:03:00:01:52:54:00:00:00:01', temporary, 'web', DNSMASQ_IAID='T1', DNSMASQ_SERVER_DUID='00:01')
        # The last that came would be the first to be released.
        host = self.host(network, 'web')
        client = Udhcpc(host, 'web')
        v4 = host.address()
        self.resolves('web', v4, temporary)
        client.kill()
        done = subprocess.run(['leasectl', 'release', '--all', '--json', 'web'], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (3, ''))
        self.assertIn(f'{temporary}: cannot be released: dhcp_release6 has no way to release an IA_TA', done.stderr)
        self.assertEqual(self.leased(network), {v4})

    def test_what_is_not_leased_is_an_error_that_names_it(self):
        self.dead(self.network(), 'web')
        code, complaint = refused('nobody')
        self.assertEqual(code, 1)
        self.assertIn("'nobody'", complaint)

    def test_a_dnsmasq_that_does_not_answer_is_an_error(self):
        network = self.network()
        _, address = self.dead(network, 'web')
        network.kill()
        code, complaint = refused('web')
        self.assertEqual(code, 1)
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


if __name__ == '__main__':
    lab.main()
