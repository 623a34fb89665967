"""The real libvirt: its networks and guests, and its readers on status files that our helper wrote."""

import shutil
import time
import unittest

import lab
import libvirt
from guest import Guest
from lab import Dhclient, Udhcpc, getent, record, resolve, status, status_file
from libvirt import CannotStart, Libvirt
from libvirt_network import LibvirtNetwork
from network import HELPER
from sandbox import run
from waiting import wait_until

# The firmware of a guest is emulated, on a machine that may be busy.
BOOTED = 60


def found(service, name):
    """All addresses of a name, through one of libvirt's modules: libvirt or libvirt_guest."""
    return {fields[0] for fields in getent('-s', f'hosts:{service}', 'ahosts', name)}


class LibvirtTest(lab.LabTest):

    @classmethod
    def setUpClass(cls):
        try:
            cls.libvirt = cls.enterClassContext(Libvirt())
        except CannotStart as reason:
            raise unittest.SkipTest(f'libvirt cannot start here: {reason}') from reason

    def libvirt_network(self, title='lab', **options):
        """A network that libvirt has started."""
        network = LibvirtNetwork(self.libvirt, title, **options)
        self.addCleanup(network.remove)
        self.networks.append(network)
        return network.start()

    def guest(self, name, *networks):
        guest = Guest(self.libvirt, name, *networks)
        self.addCleanup(guest.remove)
        return guest.start()

    def booted(self, network, mac, records, count):
        """The addresses of a guest's card, as soon as it has so many; records() are those of a status file."""
        def addresses():
            return [entry['ip-address'] for entry in records() if entry['mac-address'] == mac]

        wait_until(lambda: len(addresses()) == count, BOOTED, lambda: f'{count} leases of {mac}\n{network.log()}')
        return set(addresses())


class OwnHelper(LibvirtTest):
    """Nothing of ours takes part: this is what libvirt does, and the lab shows it."""

    def test_a_guest_that_boots_has_leases_of_both_families_and_its_cards_are_kept_while_it_runs(self):
        network = self.libvirt_network(families=(4, 6))
        guest = self.guest('vm1', network)
        self.assertEqual(network.guests(), {'vm1': guest.macs})
        addresses = self.booted(network, guest.macs[0], network.status, 2)
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


class OurHelper(LibvirtTest):
    """Our helper is where libvirt's is; what it writes is put where libvirt's readers look."""

    def setUp(self):
        super().setUp()
        aside = libvirt.LEASESHELPER.rename(f'{libvirt.LEASESHELPER}.distrib')
        self.addCleanup(aside.rename, libvirt.LEASESHELPER)
        libvirt.LEASESHELPER.symlink_to(HELPER)

    def publish(self, network):
        shutil.copy(status_file(network), network.file('status'))

    def event(self, network, *arguments, **environment):
        """A call as libvirt's dnsmasq makes it: apart from dnsmasq's own variables, the environment has this one only."""
        run(libvirt.LEASESHELPER, *arguments, cwd='/',
            env={'VIR_BRIDGE_NAME': network.name, **{f'DNSMASQ_{name}': str(value) for name, value in environment.items()}})

    def test_libvirt_s_readers_find_leases_of_clients_and_guests(self):
        network = self.libvirt_network(families=(4, 6), domain='lab.test')
        guest = self.guest('vm1', network)
        web, _, v4 = self.join(network, 'web')
        Dhclient(web, 'web', family=6)
        v6 = web.address(6)
        self.resolves('web', v4, v6)
        guest_addresses = self.booted(network, guest.macs[0], lambda: status(network), 2)
        self.publish(network)
        self.assertEqual(found('libvirt', 'web'), {v4, v6})
        self.assertEqual(found('libvirt_guest', 'vm1'), guest_addresses)
        rows = network.leases()
        self.assertEqual([row[:4] for row in rows if row[0] == web.mac],
                         [(web.mac, 'ipv4', f'{v4}/24', 'web'), (web.mac, 'ipv6', f'{v6}/64', 'web')])
        self.assertEqual({row[4] for row in rows}, {entry['client-id'] for entry in status(network)})
        self.assertEqual({row[3] for row in rows if row[0] == guest.macs[0]}, {'-'})
        self.assertEqual({row[2].split('/')[0] for row in guest.addresses()}, guest_addresses)

    def test_leases_come_back_when_the_network_starts_again_and_when_the_daemon_does(self):
        network = self.libvirt_network(families=(4, 6))
        _, client, four = self.join(network, 'four')
        _, _, six = self.join(network, 'six', Dhclient, family=6)
        before = {address: record(network, address) for address in (four, six)}
        network.restart()
        self.libvirt.restart()
        client.renew()
        # dnsmasq tells in order: when the helper knows of this, it has been told of both leases again, and of the other's MAC no more.
        wait_until(lambda: record(network, four)['expiry-time'] > before[four]['expiry-time'], lab.SOON, lambda: f'a renewal\n{network.log()}')
        self.assertEqual(record(network, six), before[six])
        self.assertIn('mac-address', before[six])
        self.assertEqual((resolve('four'), resolve('six')), ({four}, {six}))
        self.assertNotIn('DHCPNAK', network.log())

    def test_libvirt_s_readers_do_not_answer_a_refused_name(self):
        network = self.libvirt_network()
        host = self.host(network, 'localhost')
        Udhcpc(host, 'localhost')
        address = host.address()
        wait_until(lambda: status_file(network).exists() and status(network), lab.SOON, 'a record')
        self.assertEqual(status(network)[0]['refused-hostname'], 'localhost')
        self.publish(network)
        self.assertEqual(found('libvirt', 'localhost'), set())
        self.assertEqual([row[2:4] for row in network.leases()], [(f'{address}/24', '-')])

    def test_libvirt_s_readers_show_a_lease_without_end_and_not_one_that_is_over(self):
        network = self.libvirt_network()
        self.event(network, 'add', '52:54:00:78:01:01', f'{network.v4}.10', 'eternal', LEASE_EXPIRES=0)
        self.event(network, 'add', '52:54:00:78:01:02', f'{network.v4}.11', 'over', LEASE_EXPIRES=int(time.time()) - 60)
        self.publish(network)
        self.assertEqual((found('libvirt', 'eternal'), found('libvirt', 'over')), ({f'{network.v4}.10'}, set()))
        self.assertEqual([row[3] for row in network.leases()], ['eternal'])

    def test_one_record_without_a_mac_is_the_end_of_all_of_libvirt_s_readers(self):
        """Why a file with such a record must never stand in libvirt's directory."""
        network = self.libvirt_network(families=(4, 6))
        self.event(network, 'add', '52:54:00:78:01:01', f'{network.v4}.10', 'web', LEASE_EXPIRES=0)
        self.publish(network)
        self.assertEqual(found('libvirt', 'web'), {f'{network.v4}.10'})
        self.event(network, 'add', '00:02:00:00:00:09:01', f'{network.v6}:9', 'six', IAID=1, LEASE_EXPIRES=0)
        self.assertEqual([entry.get('mac-address') for entry in status(network)], ['52:54:00:78:01:01', None])
        self.publish(network)
        self.assertEqual((found('libvirt', 'web'), found('libvirt', 'six')), (set(), set()))
        with self.assertRaisesRegex(RuntimeError, 'lease without mac-address'):
            network.leases()
        # With an empty one, they all work.
        with_empty_mac = status_file(network).read_text().replace('"ip-address": "fd', '"mac-address": "", "ip-address": "fd')
        network.file('status').write_text(with_empty_mac)
        self.assertEqual((found('libvirt', 'web'), found('libvirt', 'six')), ({f'{network.v4}.10'}, {f'{network.v6}:9'}))
        self.assertEqual(len(network.leases()), 2)


if __name__ == '__main__':
    lab.main()
