"""DHCPv6 leases: keyed by DUID and IAID, with a MAC address only while dnsmasq remembers it."""

import shutil

import lab
from lab import Dhclient, Dhcpcd, Udhcpc, record, resolve, reverse, status, wait_until


class Dhcpv6(lab.LabTest):

    def test_a_lease_of_every_client_program_resolves_by_name_and_by_address(self):
        network = self.network(domain='lan.test', families=(6,))
        for name, kind in ('isc6', Dhclient), ('roy6', Dhcpcd):
            with self.subTest(client=kind.__name__):
                _, _, address = self.join(network, name, kind, family=6)
                self.assertEqual(resolve(f'{name}.lan.test'), {address})
                self.assertEqual(resolve(f'{name}.lan'), {address})
                self.assertEqual(reverse(address), [f'{name}.lan.test', name])

    def test_the_record_holds_what_dnsmasq_said(self):
        network = self.network(families=(6,))
        host, _, address = self.join(network, 'web', Dhclient, family=6)
        written = record(network, address)
        # The lease file of a server without DHCPv4 leases: its DUID, then the lease.
        (_, server_duid), (expiry, iaid, _, name, duid) = map(str.split, network.lease_file.read_text().splitlines())
        self.assertEqual((written['expiry-time'], written['iaid'], written['hostname'], written['client-id'], written['server-duid']),
                         (int(expiry), iaid, name, duid, server_duid))
        self.assertEqual(written['mac-address'], host.mac)

    def test_a_machine_with_both_families_has_both_addresses_under_its_name(self):
        network = self.network(families=(4, 6))
        host = self.host(network, 'dual')
        Udhcpc(host, 'dual')
        Dhclient(host, 'dual', family=6)
        self.resolves('dual', host.address(4), host.address(6))
        self.assertEqual(lab.getent('ahostsv6', 'dual')[0][0], host.address(6))

    def test_two_machines_can_have_one_name_by_one_protocol_each(self):
        network = self.network(families=(4, 6))
        _, _, four = self.join(network, 'web')
        other = self.host(network, 'other')
        Dhclient(other, 'web', family=6)
        self.resolves('web', four, other.address(6))

    def test_a_renamed_client_is_found_by_its_new_name_only(self):
        network = self.network(families=(6,))
        host, client, address = self.join(network, 'before', Dhclient, family=6)
        client.kill()
        client.forget()
        Dhclient(host, 'after', family=6)
        self.resolves('after', address)
        self.assertEqual(resolve('before'), set())
        self.assertEqual([entry['hostname'] for entry in status(network)], ['after'])

    def test_a_released_lease_is_gone(self):
        network = self.network(families=(6,))
        self.join(network, 'other', Dhcpcd, family=6)
        for kind in Dhclient, Dhcpcd:
            with self.subTest(client=kind.__name__):
                name = kind.__name__.lower()
                _, client, address = self.join(network, name, kind, family=6)
                client.release()
                self.is_gone(name)
                self.assertEqual(reverse(address), [])
                self.assertEqual([entry['hostname'] for entry in status(network)], ['other'])

    def test_a_temporary_address_has_a_record_and_no_name(self):
        network = self.network(families=(6,), leasefile_ro=True, recorded=True)
        host = self.host(network, 'private')
        Dhclient(host, 'private', family=6, options=['-N', '-T'])
        lasting, temporary = wait_until(lambda: len(status(network)) == 2 and sorted(status(network), key=lambda entry: entry['iaid']),
                                        lab.SOON, 'two leases')
        self.assertEqual(temporary['iaid'], f'T{lasting["iaid"]}')
        self.assertNotIn('hostname', temporary)
        self.resolves('private', lasting['ip-address'])
        before = status(network)
        self.told_again(network, {lasting['ip-address'], temporary['ip-address']})
        self.assertEqual(status(network), before)

    def test_a_restart_does_not_take_the_mac_address_from_a_lease(self):
        network = self.network(families=(6,), recorded=True)
        _, _, address = self.join(network, 'web', Dhclient, family=6)
        before = status(network)
        self.told_again(network, {address})
        self.assertEqual(status(network), before)

    def test_a_lease_whose_mac_address_is_not_known_resolves(self):
        network = self.network(families=(6,), recorded=True)
        _, _, address = self.join(network, 'web', Dhclient, family=6)

        def lose_everything(network):
            network.stop()
            for directory in lab.STATE, lab.RUNTIME:
                shutil.rmtree(directory)
            network.start()

        self.told_again(network, {address}, lose_everything)
        self.assertEqual(resolve('web'), {address})
        self.assertEqual(reverse(address), ['web'])
        self.assertNotIn('mac-address', record(network, address))
        self.assertIn(address, lab.leasectl('list'))


if __name__ == '__main__':
    lab.main()
