"""The real libvirt with its own helper: its networks, guests and readers."""

import lab
from lab import Udhcpc
from libvirt_lab import LibvirtTest, found
from waiting import wait_until


class OwnHelper(LibvirtTest):
    """Nothing of ours takes part: this shows what libvirt does in the lab."""

    def test_a_guest_that_boots_has_leases_of_both_families_and_its_cards_are_kept_while_it_runs(self):
        network = self.libvirt_network(families=(4, 6))
        guest = self.guest('vm1', network)
        self.assertEqual(network.guests(), {'vm1': guest.macs})
        addresses = self.booted(network, guest.macs[0], 2)
        self.assertEqual(found('libvirt_guest', 'vm1'), addresses)
        with_prefix = {f'{address}/{64 if ":" in address else 24}' for address in addresses}
        self.assertEqual({row[2] for row in guest.addresses()}, with_prefix)
        self.assertEqual({row[0]: row[3] for row in network.leases()}, {guest.macs[0]: '-'})
        self.assertEqual({row[2] for row in network.leases()}, with_prefix)
        guest.destroy()
        self.assertEqual(network.guests(), {})
        self.assertEqual({entry['ip-address'] for entry in network.status()}, addresses)

    def test_a_guest_with_cards_on_two_networks_is_known_to_both(self):
        red, blue = self.libvirt_network('red'), self.libvirt_network('blue')
        guest = self.guest('vm1', red, blue)
        self.assertEqual((red.guests(), blue.guests()), ({'vm1': guest.macs[:1]}, {'vm1': guest.macs[1:]}))

    def test_a_stopped_network_keeps_its_leases_and_an_undefined_one_forgets_them(self):
        network = self.libvirt_network()
        host = self.host(network, 'web')
        Udhcpc(host, 'web')
        address = host.address()
        wait_until(network.status, lab.SOON, 'a record')
        network.destroy()
        self.assertEqual([entry['ip-address'] for entry in network.status()], [address])
        network.undefine()
        self.assertFalse(network.file('status').exists())

    def test_networks_and_guests_outlive_the_daemon(self):
        network = self.libvirt_network()
        guest = self.guest('vm1', network)
        self.libvirt.restart()
        self.assertEqual(network.guests(), {'vm1': guest.macs})
        host = self.host(network, 'web')
        Udhcpc(host, 'web')
        address = host.address()
        wait_until(lambda: found('libvirt', 'web') == {address}, lab.SOON, 'a lease of a network that was there before')


if __name__ == '__main__':
    lab.main()
