"""Hosts for which a real dnsmasq, or the real libvirt, reserves an address: their names before the lease, with it and after it."""

import time

import index_invariants
import lab
from calls import call
from index_reader import Index
from lab import Udhcpc, leasectl, resolve, reverse, run, wait_until
from libvirt_lab import LibvirtTest
from program import Program
from sandbox import SCRATCH
from schemas import validate
from sources import CONFIGURATION, configure, follower, import_once
from waiting import BRIEF

MAC = '52:54:00:7a:00:01'


def reservations(path, network):
    return {'kind': 'dhcp-hosts', 'path': path, 'network': network}


class Reserved(lab.LabTest):

    def setUp(self):
        super().setUp()
        self.addCleanup(CONFIGURATION.unlink, missing_ok=True)

    def check_page(self, name):
        """The index is as schema/index-layout.md has it, and a reader that was written from the page finds what the module does."""
        data = lab.INDEX.read_bytes()
        index = Index(data)
        index_invariants.check(data, index)
        self.assertEqual({str(address) for address in index.find(name, int(time.time()))}, resolve(name))

    def listed(self, *arguments):
        return {entry['ip-address']: entry.get('reserved', False) for entry in validate(leasectl('list', '--json', *arguments), 'lease-list.schema.json')}

    def network_with(self, *hosts, **options):
        """A network whose dnsmasq reads these dhcp-host lines from a file: the network and the file. {v4} is the start of its addresses."""
        file = SCRATCH / 'reserved.hosts'
        network = self.network(options=[f'dhcp-hostsfile={file}'], **options)
        file.write_text(''.join(f'{host.format(v4=network.v4)}\n' for host in hosts))
        network.restart()
        return network, file

    def test_without_a_source_that_asks_for_it_nothing_is_answered(self):
        _, _ = self.network_with(f'{MAC},{{v4}}.5,web')
        import_once()
        self.assertEqual(resolve('web'), set())

    def test_a_reserved_host_has_its_name_before_its_lease_with_it_and_after_it(self):
        network, file = self.network_with(f'{MAC},{{v4}}.5,web', '{v4}.6,db')
        address = f'{network.v4}.5'
        configure(reservations(file, 'lan'))
        import_once()
        for name in 'web', 'WEB.lan':
            self.assertEqual(resolve(name), {address})
        self.assertEqual(reverse(address)[0], 'web')
        self.assertEqual(self.listed(), {address: True, f'{network.v4}.6': True})
        self.assertRegex(leasectl('list'), rf'lan +reserved +{MAC} +ipv4 +{address}')
        host = self.host(network, 'any-name', mac=MAC)
        client = Udhcpc(host)
        self.assertEqual(host.address(), address)
        wait_until(lambda: self.listed()[address] is False, lab.SOON, 'the lease in place of the reservation')
        self.assertEqual((resolve('web'), self.listed()), ({address}, {address: False, f'{network.v4}.6': True}))
        client.release()
        wait_until(lambda: self.listed()[address] is True, lab.SOON, 'the reservation again')
        self.assertEqual(resolve('web'), {address})

    def test_a_lease_that_merely_expires_gives_the_name_back(self):
        _, file = self.network_with(f'{MAC},{{v4}}.5,web')
        file.write_text(f'{MAC},10.0.0.5,web\n')
        configure(reservations(file, 'lan'))
        import_once()
        call('add', '52:54:00:00:00:09', '10.0.0.5', 'other', DNSMASQ_LEASE_EXPIRES=str(int(time.time()) + BRIEF))
        self.assertEqual((resolve('web'), resolve('other')), (set(), {'10.0.0.5'}))
        self.check_page('web')
        before = lab.identity(lab.INDEX)
        wait_until(lambda: resolve('web') == {'10.0.0.5'}, lab.SOON, 'the reservation once the lease has expired')
        self.assertEqual((lab.identity(lab.INDEX), resolve('other')), (before, set()))
        self.check_page('web')

    def test_lines_of_dnsmasq_s_own_configuration_count_as_they_change(self):
        file = SCRATCH / 'lan.conf'
        file.write_text(f'no-resolv\ndhcp-host={MAC},10.0.0.5,web\n')
        configure(reservations(file, 'lan'))
        follower(self)
        wait_until(lambda: resolve('web') == {'10.0.0.5'}, lab.SOON, 'the name')
        file.write_text(f'no-resolv\ndhcp-host={MAC},10.0.0.6,web\n')
        wait_until(lambda: resolve('web') == {'10.0.0.6'}, lab.SOON, 'the other address')
        self.assertEqual(reverse('10.0.0.5'), [])
        file.unlink()
        wait_until(lambda: resolve('web') == set(), lab.SOON, 'the end of the name')

    def test_no_other_command_takes_a_reservation_for_a_lease(self):
        file = SCRATCH / 'lan.hosts'
        file.write_text(f'{MAC},10.0.0.5,web\n')
        configure(reservations(file, 'lan'))
        import_once()
        waiting = Program(self, 'leasectl', 'wait', '--timeout', '0', 'web', MAC)
        self.assertEqual(waiting.result(), 1)
        self.assertIn('10.0.0.5\tweb', leasectl('export', 'hosts'))
        self.assertNotIn('web', leasectl('export', 'ansible'))
        watch = Program(self, 'leasectl', 'watch', '--format', '{change} {hostname}').asleep()
        call('add', MAC, '10.0.0.5', 'web')
        # What comes and goes between two looks at the index is not told.
        wait_until(watch.lines, lab.SOON, 'the lease')
        call('del', MAC, '10.0.0.5', 'web')
        wait_until(lambda: len(watch.lines()) == 2, lab.SOON, watch.lines)
        self.assertEqual(watch.lines(), ['added web', 'released web'])
        self.assertEqual(resolve('web'), {'10.0.0.5'})
        self.assertIn('10.0.0.5', run('leasectl', 'lookup', 'web'))


class OfLibvirt(LibvirtTest):

    def test_a_host_of_libvirt_s_network_has_its_name_while_it_is_off(self):
        network = self.libvirt_network(reserved={MAC: 'web'})
        self.addCleanup(CONFIGURATION.unlink, missing_ok=True)
        configure(reservations(network.file('status').with_name(f'{network.title}.hostsfile'), network.name))
        import_once()
        address = f'{network.v4}.10'
        self.assertEqual((resolve('web'), resolve(f'web.{network.name}')), ({address}, {address}))
        self.assertIn('reserved', leasectl('list', network.name))


if __name__ == '__main__':
    lab.main()
