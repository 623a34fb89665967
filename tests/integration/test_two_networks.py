"""Two dnsmasqs, each on its own network, with one helper and one index for both."""

from concurrent.futures import ThreadPoolExecutor

import lab
import sandbox
from lab import STATE, Udhcpc, record, resolve, reverse, status, status_file, wait_until
from network import Network


class TwoNetworks(lab.LabTest):

    def test_a_name_in_both_networks_has_both_addresses_and_the_network_s_name_picks_one(self):
        red, blue = self.network('red', domain='red.test'), self.network('blue', domain='blue.test')
        _, _, in_red = self.join(red, 'web')
        host = self.host(blue, 'web')
        client = Udhcpc(host, 'web')
        in_blue = host.address()
        self.resolves('web', in_red, in_blue)
        for name, address in ('web.red', in_red), ('web.red.test', in_red), ('web.blue', in_blue), ('web.blue.test', in_blue):
            self.assertEqual(resolve(name), {address})
        self.assertEqual(resolve('web.red.blue'), set())

        client.release()
        self.resolves('web', in_red)
        self.assertEqual(resolve('web.blue'), set())
        self.assertEqual(reverse(in_blue), [])
        self.assertEqual((len(status(red)), len(status(blue))), (1, 0))

    def test_a_network_s_name_from_the_environment_wins_over_the_interface(self):
        network = self.network('virbr7', environment={'NSS_LEASES_NETWORK': 'default'})
        _, _, address = self.join(network, 'web')
        self.assertEqual(resolve('web.default'), {address})
        self.assertEqual(resolve('web.virbr7'), set())
        self.assertEqual([file.name for file in STATE.glob('*.status')], ['default.status'])

    def test_leases_made_in_both_at_the_same_time_are_all_there(self):
        red, blue = self.network('red'), self.network('blue')
        made = self.bursts(red, blue)
        for network in red, blue:
            self.has_exactly(network, made[network])

    def test_leases_made_at_the_same_time_on_two_interfaces_of_one_network_are_all_there(self):
        both = [self.network(name, environment={'NSS_LEASES_NETWORK': 'shared'}) for name in ('red', 'blue')]
        made = self.bursts(*both)
        self.has_exactly(both[0], [lease for leases in made.values() for lease in leases])

    def test_two_with_one_command_line_and_no_lease_file_of_their_own_keep_their_leases_whoever_starts_first(self):
        shared = sandbox.SCRATCH / 'shared.conf'
        both = [Network(name, leasefile_ro=True, environment={'NSS_LEASES_NETWORK': f'net-{name}'}) for name in ('red', 'blue')]
        texts = [network.configuration.read_text() for network in both]
        leases = {network: set() for network in both}

        def starts(number):
            """The command line names the same file for both, as one without -C does. Each has the leases that it had, and gives another."""
            network = both[number]
            shared.write_text(texts[number])
            network.configuration = shared
            network.start()
            _, _, address = self.join(network, f'{network.name}-{len(leases[network])}')
            leases[network].add(address)
            for each, addresses in leases.items():
                self.assertEqual({entry['ip-address'] for entry in status(each)}, addresses, each.name)

        for network in both:
            self.addCleanup(network.remove)
        self.networks += both
        starts(0)
        starts(1)
        for number in 0, 1:
            both[number].stop()
            starts(number)
        for network in both:
            network.stop()
        starts(1)
        starts(0)
        servers = (STATE / 'servers/known').read_text()
        self.assertEqual(sorted(line for line in servers.splitlines() if line.startswith('network ')),
                         ['network net-blue net-blue', 'network net-red net-red'])

    def bursts(self, *networks):
        """The leases that the networks made at the same time."""
        with ThreadPoolExecutor() as pool:
            return dict(zip(networks, pool.map(lambda network: self.burst(network, 60, network.name), networks)))

    def has_exactly(self, network, leases):
        wait_until(lambda: len(status(network)) >= len(leases), lab.SOON,
                   lambda: f'{len(leases)} records, not {len(status(network))}')
        self.assertEqual(sorted((entry['ip-address'], entry['hostname']) for entry in status(network)), sorted(leases))
        for address, name in leases:
            self.assertEqual(resolve(name), {address})
            self.assertEqual(resolve(f'{name}.{network.known_as}'), {address})

    def test_a_damaged_status_file_does_not_touch_the_other_network(self):
        red, blue = self.network('red'), self.network('blue')
        self.join(red, 'lost')
        _, _, before = self.join(blue, 'before')
        damage = b'{"not": "a list of leases"'
        status_file(red).write_bytes(damage)
        _, _, after = self.join(blue, 'after')
        self.assertEqual((resolve('before'), resolve('after')), ({before}, {after}))
        _, _, fresh = self.join(red, 'fresh')
        self.assertEqual(record(red, fresh)['hostname'], 'fresh')
        self.assertEqual((resolve('before'), resolve('after')), ({before}, {after}))
        self.assertIn(damage, [file.read_bytes() for file in STATE.iterdir() if file.is_file() and file != status_file(red)])


if __name__ == '__main__':
    lab.main()
