"""A lease that changes its network. One dnsmasq leases an address once, whatever the network was called before; several may each lease
it."""

import subprocess

import lab
from calls import call
from import_lab import ImportTest
from lab import Udhcpc, leasectl, resolve, reverse, run, status
from network import HELPER
from schemas import validate
from sources import configure, dnsmasq_leases, follower

NAMED = 'NSS_LEASES_NETWORK'


def listed():
    """What leasectl lists: (network, address, name) of each lease, sorted."""
    return sorted((lease['network'], lease['ip-address'], lease.get('hostname'))
                  for lease in validate(leasectl('list', '--json'), 'lease-list.schema.json'))


def given_at_start():
    """The addresses that a dnsmasq with leasefile-ro is given."""
    done = subprocess.run([HELPER, 'init'], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    return [line.split()[2] for line in done.stdout.splitlines() if not line.startswith('duid ')]


class Moves(lab.LabTest):

    def soon_listed(self, *leases):
        lab.wait_until(lambda: listed() == sorted(leases), lab.SOON, lambda: f'{sorted(leases)}, not {listed()}')

    def handed_on(self, network, client, address):
        """The machine with the address releases it, and another machine gets it."""
        client.release()
        self.is_gone('web')
        self.soon_listed()
        self.assertEqual(reverse(address), [])
        other = self.host(network, 'db')
        Udhcpc(other, 'db', asking_for=address)
        self.assertEqual(other.address(), address)
        self.resolves('db', address)
        self.assertEqual((resolve('web'), reverse(address)[0]), (set(), 'db'))
        self.soon_listed((network.known_as, address, 'db'))


class OneDnsmasq(Moves):

    def test_an_interface_that_is_renamed_takes_its_leases_along(self):
        self.renamed()

    def test_so_it_does_with_leasefile_ro(self):
        self.renamed(leasefile_ro=True)

    def renamed(self, **options):
        network = self.network('old', **options)
        _, client, address = self.join(network, 'web')
        network.stop()
        network.rename('new')
        network.start()
        self.soon_listed(('new', address, 'web'))
        self.resolves('web.new', address)
        self.assertEqual(given_at_start(), [address])
        self.handed_on(network, client, address)
        self.assertEqual(given_at_start(), [address])
        network.restart()
        self.resolves('db', address)
        self.soon_listed(('new', address, 'db'))

    def test_a_lease_keeps_its_name_through_any_number_of_restarts_after_a_move(self):
        network = self.network('old', leasefile_ro=True, recorded=True)
        _, client, address = self.join(network, 'web')
        network.stop()
        network.rename('new')
        network.start()
        for _ in range(3):
            self.told_again(network, {address})
            self.soon_listed(('new', address, 'web'))
            self.assertEqual((resolve('web'), resolve('web.new')), ({address}, {address}))
            before = len(network.log())
            client.renew()
            lab.wait_until(lambda: f'DHCPACK(new) {address}' in network.log()[before:], lab.SOON, 'a renewal of the lease')
        self.assertNotIn('DHCPNAK', network.log())

    def test_a_network_that_is_named_later_takes_its_leases_along(self):
        self.named_later('1h')

    def test_so_it_does_if_they_never_end(self):
        self.named_later('infinite')

    def named_later(self, lease):
        network = self.network('virbr9', lease=lease)
        _, client, address = self.join(network, 'web')
        network.stop()
        network.environment[NAMED] = 'lab'
        network.start()
        self.soon_listed(('lab', address, 'web'))
        self.resolves('web.lab', address)
        self.assertEqual(resolve('web.virbr9'), set())
        self.handed_on(network, client, address)

    def test_a_machine_that_moves_to_another_network_of_the_same_dnsmasq_has_its_new_address_alone(self):
        first = self.network('first')
        second = self.network('second')
        second.stop()
        first.stop()
        with first.configuration.open('a') as configuration:
            configuration.write(f'interface={second.name}\ndhcp-range={second.v4}.100,{second.v4}.249,1h\n')
        first.start()
        host, client, old = self.join(first, 'web')
        client.kill()
        host.plug_into(second)
        Udhcpc(host, 'web')
        [new] = lab.wait_until(lambda: [address for address in host.addresses(4) if address.startswith(second.v4)], lab.SOON, 'its address there')
        self.resolves('web', new)
        self.soon_listed(('second', new, 'web'))
        self.assertEqual((resolve('web.first'), reverse(old)), (set(), []))

    def test_a_move_whose_beginning_is_known_from_calls_alone_leaves_nothing_behind(self):
        one, other = '52:54:00:77:00:01', '52:54:00:77:00:02'
        call('add', one, '10.77.9.10', 'web', DNSMASQ_INTERFACE='old0')
        call('add', one, '10.77.9.10', 'web', DNSMASQ_INTERFACE='lan0')
        self.assertEqual(listed(), [('lan0', '10.77.9.10', 'web')])
        call('del', one, '10.77.9.10', 'web', DNSMASQ_INTERFACE='lan0')
        self.assertEqual(resolve('web'), set())
        call('add', other, '10.77.9.10', 'db', DNSMASQ_INTERFACE='lan0')
        self.assertEqual((resolve('web'), resolve('db')), (set(), {'10.77.9.10'}))
        self.assertEqual(given_at_start(), ['10.77.9.10'])


class Sources(ImportTest, Moves):

    def test_a_source_that_gets_another_network_takes_its_leases_along(self):
        network = self.untold()
        self.machine(network, 'web')
        _, client, address = self.machine(network, 'db')
        configure(dnsmasq_leases(network.lease_file, network='old'))
        follower(self)
        self.resolves('db.old', address)
        configure(dnsmasq_leases(network.lease_file, network='new'))
        self.resolves('db.new', address)
        self.is_gone('db.old')
        self.assertEqual(resolve('db'), {address})
        client.release()
        self.is_gone('db')


class SeveralDnsmasqs(Moves):
    """Tenants: each has its own network namespace with the same interface and the same addresses."""

    def tenant(self, title, **options):
        run('ip', 'netns', 'add', title)
        self.addCleanup(run, 'ip', 'netns', 'delete', title)
        return self.network('br0', namespace=title, subnet=200, domain=f'{title}.test', **options)

    def guest(self, network, name, address=None):
        """A machine that has its lease, of this address if one is given: its client and its address."""
        host = self.host(network, name)
        client = Udhcpc(host, name, asking_for=address)
        got = host.address()
        self.assertIn(address, (got, None))
        return client, got

    def test_two_may_have_one_address_each(self):
        red, blue = self.tenant('red'), self.tenant('blue')
        first, address = self.guest(red, 'web-red')
        self.resolves('web-red', address)
        self.guest(blue, 'web-blue', address)
        for name in 'web-blue', 'web-red', 'web-red.red.test', 'web-blue.blue.test':
            self.resolves(name, address)
        self.assertEqual({(at, name) for _, at, name in listed()}, {(address, 'web-red'), (address, 'web-blue')})
        self.assertIn(reverse(address)[0], ('web-red.red.test', 'web-blue.blue.test'))
        for network in red, blue:
            network.restart()
            for name in 'web-blue', 'web-red':
                self.resolves(name, address)
        first.release()
        self.is_gone('web-red')
        self.assertEqual((resolve('web-blue'), resolve('web-blue.blue.test')), ({address}, {address}))
        self.assertEqual({(at, name) for _, at, name in listed()}, {(address, 'web-blue')})
        lab.wait_until(lambda: 'web-red' not in red.lease_file.read_text(), lab.SOON, 'dnsmasq has ended that lease')
        self.assertIn('web-blue', blue.lease_file.read_text())

    def test_one_name_and_one_address_in_both_end_one_by_one(self):
        red, blue = self.tenant('red'), self.tenant('blue')
        hosts = {}
        for network in red, blue:
            hosts[network] = self.host(network, f'web-{network.namespace}')
        first = Udhcpc(hosts[red], 'web')
        address = hosts[red].address()
        self.resolves('web', address)
        second = Udhcpc(hosts[blue], 'web', asking_for=address)
        self.assertEqual(hosts[blue].address(), address)
        self.resolves('web.blue.test', address)
        second.release()
        self.is_gone('web.blue.test')
        self.assertEqual((resolve('web'), resolve('web.red.test')), ({address}, {address}))
        first.release()
        self.is_gone('web')

    def test_each_is_given_its_own_leases_back(self):
        networks = [self.tenant(title, leasefile_ro=True, recorded=True, environment={NAMED: title}) for title in ('red', 'blue')]
        _, address = self.guest(networks[0], 'web-red')
        self.guest(networks[1], 'web-blue', address)
        for network in networks:
            self.resolves(f'web-{network.namespace}', address)
        for network in networks:
            told = self.told_again(network, {address})
            self.assertEqual({tuple(line.split()[3:]) for line in told[1:]}, {(address, f'web-{network.namespace}')})
            self.assertEqual([entry['hostname'] for entry in status(network)], [f'web-{network.namespace}'])
        for title in 'red', 'blue':
            self.assertEqual(resolve(f'web-{title}'), {address})


if __name__ == '__main__':
    lab.main()
