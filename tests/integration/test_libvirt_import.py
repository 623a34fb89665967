"""Beside the real libvirt, whose own helper stays: its files are read, and its guests have names."""

import json
import pathlib
import subprocess
import time

import lab
import schemas
from guest import Guest
from importer import IMPORTER
from lab import Dhclient, Udhcpc, resolve, reverse, run, status, wait_until
from libvirt_lab import LibvirtTest, complaint, found, in_order, listed
from program import Program

CONFIGURATION = pathlib.Path('/etc/nss-leases.conf')


class Beside(LibvirtTest):

    def read_again(self):
        run(IMPORTER)

    def paused_guest(self, name, *networks):
        """A guest that never asks for an address: a machine of the lab with its MAC can ask in its place."""
        guest = Guest(self.libvirt, name, *networks)
        self.addCleanup(guest.remove)
        return guest.start('--paused')

    def leased(self, network, name=None, kind=Udhcpc, mac=None, **options):
        """A machine whose lease libvirt's helper has recorded: the host, its client and its address."""
        host = self.host(network, name or f'machine{len(network.status())}', mac=mac)
        client = kind(host, name, **options)
        address = host.address(options.get('family', 4))
        wait_until(lambda: any(entry['ip-address'] == address for entry in network.status()), lab.SOON, 'a record of libvirt\'s helper')
        return host, client, address

    def called(self, network, guests):
        """Writes libvirt's MAC map, as libvirt does: which guest has which MAC addresses, in the order of their start."""
        self.write_map(network.file('macs'), guests)
        run(IMPORTER)

    def write_map(self, file, guests):
        new = file.with_name(file.name + '.new')
        new.write_text(json.dumps([{'domain': name, 'macs': macs} for name, macs in guests], indent=2) + '\n')
        new.rename(file)


class Import(Beside):

    def test_names_of_clients_and_guests_resolve_as_libvirt_s_modules_resolve_them_and_more(self):
        network = self.libvirt_network(families=(4, 6), domain='lab.test')
        guest = self.guest('vm1', network)
        web, _, v4 = self.leased(network, 'web')
        Dhclient(web, 'web', family=6)
        v6 = web.address(6)
        guest_addresses = self.booted(network, guest.macs[0], 2)
        wait_until(lambda: found('libvirt', 'web') == {v4, v6}, lab.SOON, 'libvirt\'s module')
        run(IMPORTER)
        self.assertEqual((resolve('web'), resolve('vm1')), (found('libvirt', 'web'), found('libvirt_guest', 'vm1')))
        self.assertEqual(resolve('vm1'), guest_addresses)
        self.assertEqual((resolve(f'VM1.{network.name}'), found('libvirt_guest', f'vm1.{network.name}')), (guest_addresses, set()))
        # As with ours in libvirt's place, though libvirt's file has no domain.
        self.assertEqual((resolve('web.lab.test'), resolve('vm1.lab.test')), ({v4, v6}, guest_addresses))
        for address in guest_addresses:
            self.assertEqual(reverse(address), ['vm1.lab.test', 'vm1'])
        self.shown_alike(network, guest)
        guest.destroy()
        run(IMPORTER)
        self.assertEqual((resolve('vm1'), len(listed(network.name))), (set(), 4), 'libvirt keeps the leases of a guest that was destroyed')

    def test_leases_of_a_network_that_was_undefined_are_gone(self):
        network = self.libvirt_network()
        _, _, address = self.leased(network, 'web')
        for action, addresses in (lambda: None, [address]), (network.destroy, [address]), (network.undefine, []):
            action()
            run(IMPORTER)
            self.assertEqual(in_order('web'), addresses)


class Parity(Beside):

    def test_leasectl_shows_what_virsh_shows(self):
        network = self.libvirt_network(families=(4, 6))
        guest = self.guest('vm1', network)
        for name, kind, options in ('web', Udhcpc, {}), ('client-id', Dhclient, {}), ('six', Dhclient, {'family': 6}):
            self.leased(network, name, kind, **options)
        self.booted(network, guest.macs[0], 2)
        run(IMPORTER)
        self.assertEqual(len(network.leases()), 5)
        self.shown_alike(network, guest)

    def test_a_guest_with_several_cards_and_one_without_leases(self):
        red, blue = self.libvirt_network('red'), self.libvirt_network('blue', families=(4, 6))
        both, idle = self.paused_guest('both', red, blue), self.paused_guest('idle', red)
        self.leased(red, 'other')
        self.leased(red, 'both-red', mac=both.macs[0])
        self.leased(blue, 'both-blue', mac=both.macs[1])
        self.leased(blue, 'both-blue6', Dhclient, family=6, mac=both.macs[1])
        run(IMPORTER)
        self.assertEqual(len(both.addresses()), 3)
        self.shown_alike(red, both, idle)
        self.shown_alike(blue, both)
        self.assertEqual(run('leasectl', 'list', '--guest', 'idle').count('\n'), 1)
        self.assertEqual(len(listed('--guest', 'BOTH', red.name)), 1)
        self.assertEqual(complaint('leasectl', 'list', '--guest', 'nobody'), (1, "leasectl: no MAC map has a guest 'nobody'\n"))

    def test_the_differences_that_are_meant(self):
        """A lease that never expires, which virsh shows as one of 1970; and a network that does not run, whose prefix virsh knows from its
        XML."""
        network = self.libvirt_network()
        _, _, address = self.leased(network, 'web')
        records = network.status()
        records[0]['expiry-time'] = 0
        network.file('status').write_text(json.dumps(records))
        run(IMPORTER)
        self.assertIn('1970-01-01 00:00:00', self.libvirt.virsh('net-dhcp-leases', network.title))
        self.assertIn('never', run('leasectl', 'list', network.name))
        network.destroy()
        self.assertIn(f'{address}/24', self.libvirt.virsh('net-dhcp-leases', network.title))
        self.assertIn(f'{address}  ', run('leasectl', 'list', network.name))


class GuestNames(Beside):
    """The machines are those of the lab; their MAC map is written as libvirt writes it."""

    def test_a_guest_is_found_whatever_name_it_sends_or_none(self):
        network = self.libvirt_network()
        sent = {'silent': None, 'local': 'localhost', 'twin1': 'ubuntu'}
        machines = {guest: self.leased(network, name) for guest, name in sent.items()}
        self.called(network, [(guest, [host.mac]) for guest, (host, _, _) in machines.items()])
        for guest, (_, _, address) in machines.items():
            for name in guest, f'{guest}.{network.name}', guest.upper():
                with self.subTest(name=name):
                    self.assertEqual(resolve(name), {address})
            self.assertEqual(resolve(f'{guest}.elsewhere'), set())
        self.assertEqual([reverse(machines[guest][2])[0] for guest in sent], ['silent', 'local', 'ubuntu'])
        self.assertEqual(resolve('ubuntu'), {machines['twin1'][2]})
        self.assertNotIn(machines['local'][2], resolve('localhost'))

    def test_a_lease_s_own_name_comes_before_another_s_guest_name(self):
        network = self.libvirt_network()
        _, _, own = self.leased(network, 'db')
        host, _, of_guest = self.leased(network, 'other')
        self.called(network, [('db', [host.mac])])
        self.assertEqual(in_order('db'), [own, of_guest])
        self.assertEqual((reverse(own)[0], reverse(of_guest)[0]), ('db', 'other'))

    def test_a_guest_s_name_with_dots_is_found_whole_and_by_its_label(self):
        network = self.libvirt_network()
        host, _, address = self.leased(network)
        self.called(network, [('web.prod.example', [host.mac])])
        for name in 'web.prod.example', 'WEB', f'web.{network.name}', 'web.prod.example.':
            self.assertEqual(resolve(name), {address}, name)
        self.assertEqual((resolve('web.prod'), resolve('web.test')), (set(), set()))

    def test_names_that_no_host_can_have_do_no_harm(self):
        network = self.libvirt_network()
        host, _, address = self.leased(network)
        self.called(network, [(name, ['52:54:00:78:02:01']) for name in ('my vm', 'ümlaut', 'a"b', '-a', 'localhost', '10.1.2.3')] + [('vm', [host.mac])])
        self.assertEqual(resolve('vm'), {address})
        self.assertEqual([resolve(name) for name in ('my', 'ümlaut')], [set(), set()])

    def test_of_two_guests_with_one_mac_the_one_that_started_later_has_it(self):
        network = self.libvirt_network()
        host, _, address = self.leased(network)
        self.called(network, [('before', [host.mac]), ('after', [host.mac])])
        self.assertEqual((resolve('after'), resolve('before'), reverse(address)[0]), ({address}, set(), 'after'))
        # What libvirt leaves behind when a guest is renamed while its network does not run.
        _, findings = self.checked('before')
        self.assertIn('before is a guest', findings)

    def checked(self, name):
        """What leasectl check says about a name."""
        done = subprocess.run(['leasectl', 'check', name], capture_output=True, text=True)
        return done.returncode, ''.join(line for line in done.stdout.splitlines(True) if line.split()[1] == 'name')

    def test_check_knows_guests(self):
        network = self.libvirt_network()
        host, _, address = self.leased(network, 'localhost')
        self.called(network, [('vm', [host.mac]), ('off', ['52:54:00:78:02:01'])])
        for name in 'vm', address, f'vm.{network.name}':
            self.assertIn(f'is {address}', self.checked(name)[1], name)
        self.assertIn('off is a guest', self.checked('off')[1])
        self.assertIn(str(network.file('macs')), self.checked('off')[1])
        self.assertIn("is not in 'elsewhere'", self.checked('vm.elsewhere')[1])

    def test_every_verb_takes_a_guest_s_name(self):
        network = self.libvirt_network()
        host, _, address = self.leased(network)
        run(IMPORTER)
        watch = Program(self, 'leasectl', 'watch').asleep()
        wait = Program(self, 'leasectl', 'wait', 'vm7', '--match', 'VM*').asleep()
        self.called(network, [('vm7', [host.mac])])
        self.assertEqual((wait.result(), wait.lines()), (0, [f'vm7\t{address}']))
        wait_until(watch.lines, lab.SOON, 'a line of watch')
        self.assertRegex(watch.lines()[0], f'  renamed +{network.name}  {address}  - -> vm7  {host.mac}$')
        self.assertEqual(run('leasectl', 'resolve', 'vm[7-7]'), f'vm7\t{address}\n')
        self.assertEqual(run('leasectl', 'resolve', '--reverse', address), f'{address}\tvm7\n')
        leases = schemas.validate(run('leasectl', 'lookup', '--json', f'vm7.{network.name}'), 'lease-list.schema.json')
        self.assertEqual([(lease['ip-address'], lease['guest']) for lease in leases], [(address, 'vm7')])
        self.assertEqual(run('leasectl', 'list').splitlines()[0].split()[-1], 'Guest')

    def test_a_mac_map_tells_of_the_machines_of_a_dnsmasq_of_one_s_own(self):
        lan, other = self.network('lan'), self.network('other')
        host, client, address = self.silent(lan)
        _, _, elsewhere = self.silent(other)
        file = lab.STATE.parent / 'machines.macs'
        self.addCleanup(file.unlink)
        self.addCleanup(CONFIGURATION.unlink)
        CONFIGURATION.write_text(f'[[source]]\nkind = "mac-map"\npath = "{file}"\nnetwork = "lan"\n')
        self.write_map(file, [('printer', [host.mac])])
        run(IMPORTER)
        for name in 'printer', 'printer.lan':
            self.assertEqual(resolve(name), {address})
        self.assertEqual(reverse(address), ['printer'])
        self.assertEqual(reverse(elsewhere), [])
        # The helper knows it as well, at the next event.
        client.release()
        self.is_gone('printer')
        client.renew()
        self.resolves('printer', host.address())

    def silent(self, network):
        """A machine that sends no name, on a network of the lab's own."""
        host = self.host(network, 'silent')
        client = Udhcpc(host)
        address = host.address()
        wait_until(lambda: status(network), lab.SOON, 'a record')
        return host, client, address


class RecreatedMachines(Beside):

    def test_a_guest_made_again_with_a_new_mac_has_its_new_address_and_not_the_old(self):
        network = self.libvirt_network()
        first, client, old = self.leased(network)
        self.called(network, [('vm', [first.mac])])
        self.assertEqual(resolve('vm'), {old})
        client.kill()
        second, _, new = self.leased(network)
        self.called(network, [('vm', [second.mac])])
        self.assertEqual((resolve('vm'), found('libvirt', 'vm')), ({new}, set()))
        self.assertIn(old, {entry['ip-address'] for entry in network.status()}, 'its lease is still there')

    def test_a_machine_made_again_with_its_name_has_its_live_address_first(self):
        network = self.libvirt_network()
        _, client, old = self.leased(network, 'vm')
        run(IMPORTER)
        client.kill()
        host = self.host(network, 'vm-again')
        Udhcpc(host, 'vm')
        new = host.address()
        wait_until(lambda: (run(IMPORTER), in_order('vm')[:1])[1] == [new], lab.SOON, lambda: f'{new} first; {in_order("vm")}\n{network.log()}')
        self.assertNotEqual(old, new)

    def test_a_guest_left_in_the_map_with_both_macs_has_its_live_address_first(self):
        network = self.libvirt_network()
        first, client, old = self.leased(network)
        run(IMPORTER)
        client.kill()
        second, _, new = self.leased(network)
        self.called(network, [('vm', [first.mac]), ('vm', [second.mac])])
        self.assertEqual(in_order('vm'), [new, old])

    def test_of_one_name_in_several_networks_all_addresses_are_given_most_recent_first(self):
        red, blue = self.libvirt_network('red'), self.libvirt_network('blue')
        _, client, in_red = self.leased(red, 'vm')
        run(IMPORTER)
        host, _, in_blue = self.leased(blue)
        self.called(blue, [('vm', [host.mac])])
        self.assertEqual((in_order('vm.virbr0'), in_order(f'vm.{red.name}'), in_order(f'vm.{blue.name}')), ([], [in_red], [in_blue]))
        self.assertEqual(set(in_order('vm')), {in_red, in_blue})
        web = self.leased(red, 'web')[1], self.leased(blue, 'web')[1]
        for number in 0, 1, 0:
            lab.wait_until(lambda: self.renewed_first(web[number], (red, blue)[number]), lab.SOON, 'the renewed one comes first')

    def renewed_first(self, client, network):
        """Renews a lease of web until its address is the first of both."""
        client.renew()
        time.sleep(1.1)  # a lease's end is told in seconds
        run(IMPORTER)
        addresses = in_order('web')
        return len(addresses) == 2 and addresses[0].startswith(network.v4)


if __name__ == '__main__':
    lab.main()
