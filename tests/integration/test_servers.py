"""What the helper knows about the dnsmasq that runs it, where that cannot be found out, read or written at first."""

import pathlib
import shutil

import lab
import sandbox
from calls import lease
from importer import GOES_ON, in_place_of_importer
from lab import RUNTIME, STATE, Udhcpc, record, resolve, run, status, wait_until
from network import HELPER, Network, children_of
from sources import CONFIGURATION, configure

REGISTRY = STATE / 'servers/known'


class Servers(lab.LabTest):

    def runtime_directory_of_its_own(self):
        RUNTIME.mkdir(exist_ok=True)
        sandbox.mount('-t', 'tmpfs', '-o', 'size=8m,mode=755', 'tmpfs', RUNTIME)
        self.addCleanup(run, 'umount', '--lazy', RUNTIME)

    def counted_imports(self):
        """A file that gets a line with each run of the importer."""
        runs = sandbox.SCRATCH / 'imports'
        runs.write_text('')
        in_place_of_importer(self, f'echo run >> {runs}\n{GOES_ON}')
        return runs

    def test_a_lease_file_that_could_not_be_seen_at_first_is_followed_once_it_can(self):
        blind = sandbox.SCRATCH / 'blind'
        blind.touch()
        script = sandbox.SCRATCH / 'sees-little'
        script.write_text(f'#!/bin/sh\n[ -e {blind} ] && exec setpriv --bounding-set -sys_ptrace {HELPER} "$@"\nexec {HELPER} "$@"\n')
        script.chmod(0o755)
        network = self.network(is_told=False, options=[f'dhcp-script={script}'])
        _, client, address = self.join(network, 'early')
        self.assertIn(' unknown pending 0 -\n', REGISTRY.read_text())
        before = record(network, address)['expiry-time']
        client.renew()
        wait_until(lambda: network.log().count(f'DHCPACK(lan) {address}') == 2, lab.SOON, 'a renewal')
        blind.unlink()
        self.join(network, 'late')
        wait_until(lambda: record(network, address)['expiry-time'] > before, lab.SOON, REGISTRY.read_text)
        wait_until(lambda: f' file followed ' in REGISTRY.read_text(), lab.SOON, REGISTRY.read_text)
        self.assertTrue(REGISTRY.read_text().splitlines()[0].endswith(f' {network.lease_file}'), REGISTRY.read_text())

    def test_a_lease_file_that_dnsmasq_s_user_alone_can_read_is_followed_after_the_first_event(self):
        private = sandbox.SCRATCH / 'private'
        private.mkdir(0o700)
        shutil.chown(private, 'nobody')
        network = self.network(lease_file=private / 'leases', options=['user=nobody'])
        self.join(network, 'first')
        network.lease_file.chmod(0o600)
        network.restart()
        self.join(network, 'second')
        wait_until(lambda: ' file followed ' in REGISTRY.read_text(), lab.SOON, REGISTRY.read_text)

    def test_a_file_of_kea_s_that_kea_alone_can_read_takes_part_in_an_index_that_an_event_makes(self):
        file = sandbox.SCRATCH / 'kea.csv'
        file.write_text('address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state\n'
                        '10.5.0.9,52:54:00:05:00:09,,3600,4102444800,1,0,0,printer,0\n')
        shutil.chown(file, 'nobody')
        file.chmod(0o600)
        configure({'kind': 'kea-leases', 'path': file, 'network': 'office'})
        self.addCleanup(CONFIGURATION.unlink)
        self.join(self.network(), 'first')
        self.resolves('printer', '10.5.0.9')

    def test_a_dnsmasq_that_has_ended_is_not_taken_for_the_one_that_adopted_its_script(self):
        first = self.network('first', contained=True)
        self.ends_before_its_first_event(first, self.slow_network('other', beside=first.dnsmasq()))

    def test_nor_is_it_with_the_same_command_line_in_another_network_namespace(self):
        run('ip', 'netns', 'add', 'two')
        self.addCleanup(run, 'ip', 'netns', 'delete', 'two')
        first = self.network('first', contained=True)
        other = self.slow_network('other', beside=first.dnsmasq(), namespace='two')
        first.configuration.write_text(other.configuration.read_text())
        other.configuration = first.configuration
        self.ends_before_its_first_event(first, other)

    def test_an_end_that_a_dnsmasq_left_in_its_queue_leaves_the_next_client_s_lease_alone(self):
        network = self.network_of_one_address()
        _, first, address = self.join(network, 'first')
        self.held.touch()
        first.release()
        wait_until(lambda: 'DHCPRELEASE(lan)' in network.log(), lab.SOON, network.log)
        self.is_overtaken(network, address)

    def test_nor_does_a_lease_from_such_a_queue_take_its_place(self):
        network = self.network_of_one_address(leasefile_ro=True)
        self.held.touch()
        host = self.host(network, 'first')
        client = Udhcpc(host, 'first')
        address = host.address()
        client.kill()
        self.is_overtaken(network, address)

    def test_an_end_in_such_a_queue_counts_if_no_later_start_has_called(self):
        network = self.network_of_one_address()
        _, first, _ = self.join(network, 'first')
        self.held.touch()
        first.release()
        wait_until(lambda: 'DHCPRELEASE(lan)' in network.log(), lab.SOON, network.log)
        network.kill()
        self.held.unlink()
        self.is_gone('first')

    def network_of_one_address(self, **options):
        network = self.slow_network('lan', **options)
        network.configuration.write_text(network.configuration.read_text().replace('.249,', '.100,'))
        return network.start()

    def is_overtaken(self, network, address):
        """dnsmasq ends, its next start leases the address to another client, and only then come the events that wait."""
        waiting = children_of(children_of(network.process.pid)[0])
        network.kill()
        network.configuration.write_text(network.configuration.read_text().replace(str(sandbox.SCRATCH / 'waits'), HELPER))
        network.start()
        self.join(network, 'second')
        self.held.unlink()
        wait_until(lambda: not any(pathlib.Path(f'/proc/{process}').exists() for process in waiting), lab.SOON, 'the end of the late event')
        self.assertEqual([(entry['ip-address'], entry['hostname']) for entry in status(network)], [(address, 'second')])
        self.assertEqual((resolve('first'), resolve('second')), (set(), {address}))

    def slow_network(self, name, **options):
        """One whose events wait for the end of the file `held`. Its dnsmasq does not run yet."""
        self.held = sandbox.SCRATCH / 'held'
        script = sandbox.SCRATCH / 'waits'
        script.write_text(f'#!/bin/sh\nwhile [ -e {self.held} ]; do sleep 0.1; done\nexec {HELPER} "$@"\n')
        script.chmod(0o755)
        network = Network(name, is_told=False, options=[f'dhcp-script={script}'], **options)
        self.addCleanup(network.remove)
        self.networks.append(network)
        return network

    def ends_before_its_first_event(self, first, other):
        self.join(first, 'one')
        self.held.touch()
        other.start()
        host = self.host(other, 'two')
        Udhcpc(host, 'two')
        address = host.address()
        other.kill()
        self.held.unlink()
        wait_until(lambda: record(other, address), lab.SOON, 'a record')
        self.join(first, 'three')
        self.assertEqual(REGISTRY.read_text().count(f' {first.lease_file}\n'), 1, REGISTRY.read_text())
        self.assertEqual([entry['hostname'] for entry in status(other)], ['two'])
        self.assertEqual({entry['hostname'] for entry in status(first)}, {'one', 'three'})

    def test_a_damaged_file_of_another_network_does_not_concern_an_event_that_only_files_note(self):
        self.runtime_directory_of_its_own()
        lease(1, 'moves', DNSMASQ_INTERFACE='red')
        (STATE / 'red.status').write_text('[')
        sandbox.mount('-o', 'remount,ro', RUNTIME)
        lease(1, 'moves', DNSMASQ_INTERFACE='blue')
        self.assertIn('"hostname": "moves"', (STATE / 'blue.status').read_text())
        self.assertEqual((STATE / 'red.status').read_text(), '[')

    def test_a_new_network_is_noted_also_by_an_event_that_only_files_note(self):
        for name in 'one', 'two':
            run('ip', 'netns', 'add', name)
            self.addCleanup(run, 'ip', 'netns', 'delete', name)
        self.runtime_directory_of_its_own()
        self.join(self.network('lan', namespace='one'), 'first')
        sandbox.mount('-o', 'remount,ro', RUNTIME)
        second = self.network('lan', namespace='two', environment={})
        host = self.host(second, 'second')
        Udhcpc(host, 'second')
        host.address()
        file = STATE / 'lan@two.status'
        wait_until(file.exists, lab.SOON, second.log)
        wait_until(lambda: 'network lan@two lan\n' in REGISTRY.read_text(), lab.SOON, REGISTRY.read_text)
        self.assertNotIn('script process exited', second.log())

    def test_a_registry_that_cannot_be_written_costs_no_import_at_each_event(self):
        runs = self.counted_imports()
        STATE.mkdir()
        (STATE / 'servers').write_text('')
        network = self.network()
        self.join(network, 'first')
        before = runs.read_text()
        for name in 'second', 'third', 'fourth':
            self.join(network, name)
        # The last event ends after its name is there.
        network.stop()
        self.assertEqual(runs.read_text(), before)
        self.assertEqual({entry['hostname'] for entry in status(network)}, {'first', 'second', 'third', 'fourth'})
        self.assertIn(f'{STATE}/servers: cannot be opened', network.log())
        self.assertEqual(network.log().count('lease file is not followed'), 1, network.log())

    def test_a_registry_that_can_be_read_and_not_written_costs_no_import_at_each_event(self):
        runs = self.counted_imports()
        network = self.network()
        self.join(network, 'first')
        wait_until(lambda: ' file followed ' in REGISTRY.read_text(), lab.SOON, REGISTRY.read_text)
        REGISTRY.write_text(REGISTRY.read_text().replace(' followed ', ' pending '))
        sandbox.mount('--bind', STATE / 'servers', STATE / 'servers')
        self.addCleanup(run, 'umount', '--lazy', STATE / 'servers')
        sandbox.mount('-o', 'remount,bind,ro', STATE / 'servers')
        before = runs.read_text()
        for name in 'second', 'third':
            self.join(network, name)
        network.stop()
        self.assertEqual(runs.read_text(), before)


if __name__ == '__main__':
    lab.main()
