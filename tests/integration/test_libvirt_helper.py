"""The real libvirt with our helper in place of its own."""

import json
import pathlib
import shutil
import subprocess
import time

import lab
from importer import IMPORTER
from lab import RUNTIME, STATE, Dhclient, Udhcpc, leasectl, resolve, reverse, status, wait_until
from libvirt import LEASESHELPER
from libvirt_lab import LibvirtTest, away, found, switch
from network import HELPER as HELPER_PATH
from sandbox import SCRATCH, mount, run
from sources import CONFIGURATION, configure

HELPER = pathlib.Path(HELPER_PATH)


class InPlace(LibvirtTest):

    def setUp(self):
        super().setUp()
        switch('on')
        self.addCleanup(switch, 'off')

    def event(self, network, *arguments, **environment):
        """A call as libvirt's dnsmasq makes it: apart from dnsmasq's own variables, the environment has this one only."""
        run(LEASESHELPER, *arguments, cwd='/',
            env={'VIR_BRIDGE_NAME': network.name, **{f'DNSMASQ_{name}': str(value) for name, value in environment.items()}})

    def record(self, network, address):
        """The one record of an address in libvirt's own file, or None."""
        records = [entry for entry in network.status() if entry['ip-address'] == address]
        self.assertLess(len(records), 2, f'{address} is there more than once')
        return records[0] if records else None

    def told_again(self, network, client, address):
        """dnsmasq has reported all its leases again, in order: the last event, the renewal of this one, is known."""
        before = self.record(network, address)['expiry-time']
        client.renew()
        wait_until(lambda: self.record(network, address)['expiry-time'] > before, lab.SOON, lambda: f'a renewal\n{network.log()}')

    def test_libvirt_s_readers_go_on_working_and_leases_finds_the_same_names_and_more(self):
        network = self.libvirt_network(families=(4, 6), domain='lab.test')
        guest = self.guest('vm1', network)
        web, _, v4 = self.join(network, 'web')
        Dhclient(web, 'web', family=6)
        v6 = web.address(6)
        self.resolves('web', v4, v6)
        guest_addresses = self.booted(network, guest.macs[0], 2)
        self.resolves('vm1', *guest_addresses)
        self.assertEqual((found('libvirt', 'web'), found('libvirt_guest', 'vm1')), ({v4, v6}, guest_addresses))
        self.assertEqual((resolve(f'web.{network.name}'), resolve(f'vm1.{network.name}')), ({v4, v6}, guest_addresses))
        # dnsmasq reports the domain only of clients that send a name.
        self.assertEqual((resolve('web.lab.test'), resolve('vm1.lab.test')), ({v4, v6}, set()))
        for address in guest_addresses:
            self.assertEqual(reverse(address)[0], 'vm1')
        self.shown_alike(network, guest)
        self.assertEqual(len(network.leases()), 4)
        self.assertEqual(status(network), [], 'a lease with a MAC is in libvirt\'s file only')
        check = subprocess.run(['leasectl', 'check'], capture_output=True, text=True).stdout
        self.assertRegex(check, f'(?m)^ok +dnsmasq +.* runs {LEASESHELPER}')

    def test_a_source_for_libvirt_s_directory_does_not_rename_its_networks(self):
        network = self.libvirt_network()
        self.addCleanup(CONFIGURATION.unlink)
        configure({'kind': 'libvirt', 'path': network.file('status').parent, 'network': 'vms', 'domain': 'vm.example'})
        for name in 'web', 'db':
            _, _, address = self.join(network, name)
            for suffix in '', f'.{network.name}':
                self.resolves(name + suffix, address)
            self.assertEqual(resolve(f'{name}.vms'), set())
        self.event(network, 'add', '52:54:00:78:01:01', f'{network.v4}.10', 'late', LEASE_EXPIRES=0)
        self.resolves('late', f'{network.v4}.10')

    def test_the_domain_of_a_network_outlives_a_rebuild_and_an_event_without_a_name(self):
        network = self.libvirt_network(domain='lab.test')
        _, _, web = self.join(network, 'web')
        silent = self.host(network, 'silent')
        network.file('macs').write_text(json.dumps([{'domain': 'vm1', 'macs': [silent.mac]}]))
        Udhcpc(silent)
        address = silent.address()
        self.resolves('vm1', address)
        # libvirt's file has no domain, and dnsmasq does not report it of a client that sends no name.
        run('leasectl', 'rebuild')
        self.assertEqual((resolve('web.lab.test'), resolve('vm1.lab.test')), ({web}, {address}))
        self.event(network, 'old', silent.mac, address, LEASE_EXPIRES=0)
        self.assertEqual(self.record(network, address)['expiry-time'], 0)
        self.assertEqual(resolve('vm1.lab.test'), {address})
        # Nor of one whose name it refuses.
        self.event(network, 'old', silent.mac, address, LEASE_EXPIRES=0, SUPPLIED_HOSTNAME="bob's")
        self.assertEqual(resolve('vm1.lab.test'), {address})

    def test_a_guest_that_calls_itself_localhost_or_ubuntu_has_its_own_name_with_network_and_domain(self):
        network = self.libvirt_network(domain='lab.test')
        machines = {guest: self.host(network, name) for guest, name in (('vm1', 'localhost'), ('vm2', 'ubuntu'))}
        network.file('macs').write_text(json.dumps([{'domain': guest, 'macs': [host.mac]} for guest, host in machines.items()]))
        for guest, name in ('vm1', 'localhost'), ('vm2', 'ubuntu'):
            Udhcpc(machines[guest], name)
            address = machines[guest].address()
            for suffix in '', f'.{network.name}', '.lab.test':
                self.resolves(guest + suffix, address)
            self.assertEqual(reverse(address)[0], 'vm1.lab.test' if name == 'localhost' else 'ubuntu.lab.test')
            self.assertEqual(found('libvirt_guest', guest), {address})

    def test_switching_on_and_off_while_leases_exist_loses_none_and_doubles_none(self):
        switch('off')
        network = self.libvirt_network(families=(4, 6))
        _, client, four = self.join_unnamed(network, 'four')
        _, _, six = self.join_unnamed(network, 'six', Dhclient, family=6)
        wait_until(lambda: len(network.status()) == 2, lab.SOON, 'two records of libvirt\'s helper')

        def shown():
            # The lease that is renewed expires later each time.
            return sorted((entry['ip-address'], entry['mac-address'], entry['hostname'], entry.get('client-id'))
                          for entry in network.status()), network.leases(), found('libvirt', 'four'), found('libvirt', 'six')

        by_libvirt = shown()
        self.assertEqual(by_libvirt[2:], ({four}, {six}))
        for action in 'on', 'off', 'on':
            switch(action)
            self.told_again(network, client, four)
            self.libvirt.restart()
            self.told_again(network, client, four)
            self.assertEqual(shown(), by_libvirt, action)
            if action == 'on':
                self.assertEqual((resolve('four'), resolve('six')), ({four}, {six}))
        _, _, late = self.join_unnamed(network, 'late')
        self.resolves('late', late)

    def join_unnamed(self, network, name, kind=Udhcpc, **options):
        """As join(), where the name need not resolve, since libvirt's helper may be there."""
        host = self.host(network, name)
        client = kind(host, name, **options)
        return host, client, host.address(options.get('family', 4))

    def test_leases_come_back_when_the_network_starts_again_and_when_the_daemon_does(self):
        network = self.libvirt_network(families=(4, 6))
        _, client, four = self.join(network, 'four')
        _, _, six = self.join(network, 'six', Dhclient, family=6)
        before = {address: self.record(network, address) for address in (four, six)}
        network.restart()
        self.libvirt.restart()
        client.renew()
        # dnsmasq reports in order: when the helper knows this one, it has both leases again, and the other one's MAC no more.
        wait_until(lambda: self.record(network, four)['expiry-time'] > before[four]['expiry-time'], lab.SOON, lambda: f'a renewal\n{network.log()}')
        self.assertEqual(self.record(network, six), before[six])
        self.assertIn('mac-address', before[six])
        self.assertEqual((resolve('four'), resolve('six')), ({four}, {six}))
        self.assertNotIn('DHCPNAK', network.log())

    def test_a_network_that_is_undefined_and_defined_again_begins_empty(self):
        network = self.libvirt_network(families=(4, 6))
        self.join(network, 'web')
        self.event(network, 'add', '00:02:00:00:00:09:01', f'{network.v6}:9', 'six', IAID=1, LEASE_EXPIRES=0)
        self.resolves('six', f'{network.v6}:9')
        self.assertEqual((len(network.status()), len(status(network))), (1, 1))
        network.destroy()
        network.undefine()
        self.assertFalse(network.file('status').exists())
        network.define()
        network.start()
        self.assertEqual((network.status(), status(network), network.leases()), ([], [], []))
        self.assertEqual((resolve('web'), resolve('six')), (set(), set()))
        self.assertTrue(network.file('status').exists(), 'libvirt\'s helper makes it at init')

    def test_the_names_of_a_network_that_is_undefined_go_with_any_event_of_another(self):
        gone, other = self.libvirt_network('gone', families=(4, 6)), self.libvirt_network('other')
        self.join(gone, 'web')
        self.event(gone, 'add', '00:02:00:00:00:09:01', f'{gone.v6}:9', 'six', IAID=1, LEASE_EXPIRES=0)
        _, _, address = self.join(other, 'stays')
        gone.destroy()
        self.assertNotEqual((resolve('web'), resolve('six')), (set(), set()), 'it is only stopped')
        gone.undefine()
        self.event(other, 'old', '52:54:00:78:01:01', f'{other.v4}.10', 'eternal', LEASE_EXPIRES=0)
        self.assertEqual((resolve('web'), resolve('six'), status(gone)), (set(), set(), []))
        self.assertEqual((resolve('stays'), resolve('eternal')), ({address}, {f'{other.v4}.10'}))

    def test_the_names_of_a_network_that_is_undefined_go_at_once_where_the_files_are_followed(self):
        network = self.libvirt_network(families=(4, 6))
        self.join(network, 'web')
        self.event(network, 'add', '00:02:00:00:00:09:01', f'{network.v6}:9', 'six', IAID=1, LEASE_EXPIRES=0)
        follower = subprocess.Popen(['leasectl', 'import', '--follow'], stdout=subprocess.PIPE)
        self.addCleanup(follower.communicate)
        self.addCleanup(follower.terminate)
        follower.stdout.readline()
        network.destroy()
        network.undefine()
        self.is_gone('web')
        self.is_gone('six')
        self.assertEqual(status(network), [])

    def test_events_that_dnsmasq_had_queued_do_not_bring_an_undefined_network_back(self):
        gate, calls = SCRATCH / 'gate', SCRATCH / 'calls-made'
        real = HELPER.rename(HELPER.with_name('leaseshelper-itself'))
        self.addCleanup(real.rename, HELPER)
        HELPER.write_text(f'#!/bin/sh\nwhile test -e {gate}; do sleep 0.02; done\n{real} "$@"\ncode=$?\n'
                          f'echo "$code $*" >> {calls}\nexit $code\n')
        HELPER.chmod(0o755)
        network = self.libvirt_network()
        self.join(network, 'web')
        gate.touch()
        self.addCleanup(gate.unlink, missing_ok=True)
        late = [self.join_unnamed(network, name)[2] for name in ('late', 'later')]
        before = len(calls.read_text().splitlines())
        network.destroy()
        network.undefine()
        gate.unlink()
        wait_until(lambda: len(calls.read_text().splitlines()) >= before + 2, lab.SOON, 'the queued events')
        self.assertEqual([line.split()[0] for line in calls.read_text().splitlines()[before:]], ['0', '0'])
        for address in late:
            self.assertIn(address, calls.read_text())
        self.assertFalse(network.file('status').exists(), 'it is not there again')
        self.assertEqual((resolve('web'), resolve('late'), resolve('later')), (set(), set(), set()))
        network.define()
        network.start()
        self.assertEqual((network.status(), network.leases()), ([], []))

    def test_a_name_that_the_network_s_own_definition_gives_to_another_machine_is_refused(self):
        network = self.libvirt_network(names={'10.0.0.200': 'gitlab'}, reserved={'52:54:00:78:01:99': 'printer'})
        other = self.libvirt_network('other')
        for name in 'gitlab', 'printer':
            _, _, address = self.join_unnamed(network, name)
            wait_until(lambda: self.record(network, address), lab.SOON, f'a record of {address}')
            self.assertEqual(resolve(name), set())
            self.assertEqual(reverse(address), [])
        _, _, elsewhere = self.join(other, 'gitlab')
        for _ in range(2):
            leasectl('import')
            self.assertEqual((resolve('gitlab'), resolve('printer')), ({elsewhere}, set()))
        check = subprocess.run(['leasectl', 'check', 'printer'], capture_output=True, text=True).stdout
        self.assertIn('is reserved for another client by /var/lib/libvirt/dnsmasq/lab.hostsfile', check)
        self.event(network, 'add', '52:54:00:78:01:99', f'{network.v4}.10', 'printer', LEASE_EXPIRES=0)
        self.assertEqual(resolve('printer'), {f'{network.v4}.10'})

    def test_a_lease_whose_mac_nobody_knows_is_answered_and_kept_from_libvirt_s_readers(self):
        network = self.libvirt_network(families=(4, 6))
        _, client, four = self.join(network, 'four')
        _, _, six = self.join(network, 'six', Dhclient, family=6)
        network.destroy()
        # After its restart dnsmasq reports no MAC, and the file that has it is older than that lease.
        records = network.status()
        for entry in records:
            if entry['ip-address'] == six:
                del entry['mac-address']
        network.file('status').write_text(json.dumps(records))
        # libvirt 9 answers nobody because of such a record, libvirt 11 answers both.
        self.assertIn((found('libvirt', 'four'), found('libvirt', 'six')), [(set(), set()), ({four}, {six})])
        with self.assertRaisesRegex(RuntimeError, 'lease without mac-address'):
            network.leases()
        network.start()
        self.told_again(network, client, four)
        self.assertEqual((resolve('four'), resolve('six')), ({four}, {six}))
        self.assertEqual(([entry['ip-address'] for entry in network.status()], [entry['ip-address'] for entry in status(network)]), ([four], [six]))
        self.assertEqual((found('libvirt', 'four'), [row[2] for row in network.leases()]), ({four}, [f'{four}/24']))
        self.assertNotIn('DHCPNAK', network.log())
        self.libvirt.restart()
        self.told_again(network, client, four)
        self.assertEqual((resolve('six'), found('libvirt', 'four')), ({six}, {four}))

    def test_a_refused_name_is_in_libvirt_s_file_as_with_its_own_helper_and_not_answered_by_ours(self):
        network = self.libvirt_network()
        names = ['localhost', 'vm--', '101', '_srv', 'host:9091']
        hosts = [self.host(network, f'guest{number}') for number in range(len(names))]
        for host, name in zip(hosts, names):
            Udhcpc(host, name_bytes=name.encode())
        addresses = {name: host.address() for host, name in zip(hosts, names)}

        def shown():
            return ({name: entry['ip-address'] for entry in network.status() for name in [entry.get('hostname')]},
                    {row[3]: row[2].removesuffix('/24') for row in network.leases()})

        wait_until(lambda: shown() == (addresses, addresses), lab.SOON, lambda: f'{addresses}: {shown()}\n{network.log()}')
        # dnsmasq keeps neither of the last two names over a restart, and reports the leases without them.
        network.restart()
        Udhcpc(self.host(network, 'last'), 'last')
        wait_until(lambda: resolve('last'), lab.SOON, 'the last event')
        self.assertEqual({name: address for name, address in shown()[0].items() if name != 'last'}, addresses)
        # glibc takes 101 for an address.
        self.assertEqual({name for name in names if addresses[name] in resolve(name)}, set())
        self.assertEqual([reverse(address) for address in addresses.values()], [[]] * len(names))

    def test_libvirt_s_readers_show_a_lease_without_end_and_not_one_that_is_over(self):
        network = self.libvirt_network()
        self.event(network, 'add', '52:54:00:78:01:01', f'{network.v4}.10', 'eternal', LEASE_EXPIRES=0)
        self.event(network, 'add', '52:54:00:78:01:02', f'{network.v4}.11', 'over', LEASE_EXPIRES=int(time.time()) - 60)
        self.assertEqual((found('libvirt', 'eternal'), found('libvirt', 'over')), ({f'{network.v4}.10'}, set()))
        self.assertEqual([row[3] for row in network.leases()], ['eternal'])

    def test_a_damaged_file_of_libvirt_s_is_put_aside_and_nothing_is_lost(self):
        network = self.libvirt_network()
        _, _, one = self.join(network, 'one')
        _, _, two = self.join(network, 'two')
        whole = network.file('status').read_bytes()
        damaged = whole[:len(whole) // 2]
        network.file('status').write_bytes(damaged)
        self.assertEqual(found('libvirt', 'one'), set())
        _, _, three = self.join(network, 'three')
        self.assertEqual([resolve(name) for name in ('one', 'two')], [{one}, {two}])
        self.assertEqual([found('libvirt', name) for name in ('one', 'two', 'three')], [{one}, {two}, {three}])
        self.assertEqual({row[2] for row in network.leases()}, {f'{address}/24' for address in (one, two, three)})
        aside = [file.read_bytes() for file in network.file('status').parent.glob(f'{network.name}.status.damaged-*')]
        self.assertEqual(aside, [damaged])


class Hindered(LibvirtTest):
    """init must not fail where it can go on: libvirt would not start the network, not even at boot."""

    def setUp(self):
        super().setUp()
        switch('on')
        self.addCleanup(switch, 'off')
        self.network = self.libvirt_network()
        self.web, self.client, self.address = self.join(self.network, 'web')
        self.network.destroy()

    def starts_with_its_leases(self):
        self.network.start()
        # Only a dnsmasq that knows the lease confirms it to a machine, and gives the address to no other.
        self.client.renew()
        wait_until(lambda: f'DHCPACK({self.network.name}) {self.address} {self.web.mac}' in self.network.log().rpartition('DHCPREQUEST')[2],
                   lab.SOON, lambda: f'the lease\n{self.network.log()}')
        self.assertNotIn('DHCPNAK', self.network.log())
        self.assertEqual([entry['ip-address'] for entry in self.network.status()], [self.address])

    def covered(self, directory, *options):
        """Another file system over a directory."""
        directory.mkdir(parents=True, exist_ok=True)
        mount('-t', 'tmpfs', *options, 'cover', directory)
        self.addCleanup(run, 'umount', '--lazy', directory)

    def test_run_is_full(self):
        self.covered(RUNTIME, '-o', 'size=4k,nr_inodes=2')
        (RUNTIME / 'full').write_bytes(bytes(4096))
        self.starts_with_its_leases()

    def test_run_is_read_only(self):
        self.covered(RUNTIME, '-o', 'ro')
        self.starts_with_its_leases()

    def test_our_state_directory_is_missing(self):
        shutil.rmtree(STATE)
        self.starts_with_its_leases()
        self.resolves('web', self.address)

    def test_our_state_directory_is_read_only(self):
        self.covered(STATE, '-o', 'ro')
        self.starts_with_its_leases()

    def test_our_state_directory_is_a_file(self):
        shutil.rmtree(STATE)
        STATE.write_text('in the way')
        self.addCleanup(STATE.unlink)
        self.starts_with_its_leases()

    def test_the_index_and_the_configuration_are_garbage(self):
        configuration = pathlib.Path('/etc/nss-leases.conf')
        configuration.write_text('][')
        self.addCleanup(configuration.unlink)
        lab.INDEX.write_bytes(b'garbage')
        self.starts_with_its_leases()
        self.resolves('web', self.address)

    def test_libvirt_s_file_is_damaged(self):
        with self.network.file('status').open('a') as file:
            file.write('{')
        self.network.start()
        wait_until(lambda: found('libvirt', 'web') == {self.address}, lab.SOON, 'the file is fixed, though nothing in it is new')
        self.resolves('web', self.address)
        self.assertEqual(len(list(self.network.file('status').parent.glob('*.damaged-*'))), 1)

    def test_the_importer_is_missing(self):
        with away(IMPORTER):
            self.starts_with_its_leases()


if __name__ == '__main__':
    lab.main()
