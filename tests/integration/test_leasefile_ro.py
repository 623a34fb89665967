"""leasefile-ro: dnsmasq keeps no leases itself and gets them back from the helper when it starts."""

import shutil

import lab
from lab import RUNTIME, STATE, Dhclient, Udhcpc, record, resolve, status, status_file
from waiting import another_second


class LeasefileRo(lab.LabTest):

    def test_leases_of_both_families_survive_a_restart(self):
        network = self.network(families=(4, 6), domain='lan.test', leasefile_ro=True, recorded=True)
        _, client, four = self.join(network, 'four')
        _, _, six = self.join(network, 'six', Dhclient, family=6)
        nameless = self.host(network, 'nameless')
        Udhcpc(nameless)
        addresses = {four, six, nameless.address()}
        self.all_reported(network, addresses)
        before = status(network)

        told = self.told_again(network, addresses)
        self.assertEqual(told[0], '0 init')
        self.assertEqual({call.split()[3]: call.split()[4:] for call in told[1:]},
                         {four: ['four'], six: ['six'], nameless.address(): []})
        self.assertEqual({call.split()[1] for call in told[1:]}, {'old'})
        self.assertEqual(status(network), before)
        self.assertEqual((resolve('four'), resolve('six')), ({four}, {six}))

        log = len(network.log())
        client.renew()
        lab.wait_until(lambda: f'DHCPACK(lan) {four}' in network.log()[log:], lab.SOON, 'a renewal of the lease')
        self.assertNotIn('DHCPNAK', network.log())

    def test_the_server_keeps_its_duid(self):
        network = self.network(families=(6,), leasefile_ro=True)
        _, _, before = self.join(network, 'before', Dhclient, family=6)
        duid = record(network, before)['server-duid']
        # Its DUID has the second in it at which dnsmasq made it.
        another_second()
        network.restart()
        _, _, after = self.join(network, 'after', Dhclient, family=6)
        self.assertEqual(record(network, after)['server-duid'], duid)
        self.assertEqual(record(network, before)['server-duid'], duid)

    def test_a_released_lease_does_not_come_back(self):
        network = self.network(leasefile_ro=True, recorded=True)
        _, client, released = self.join(network, 'released')
        _, _, kept = self.join(network, 'kept')
        client.release()
        self.is_gone('released')
        lab.wait_until(lambda: [call for call in network.calls() if call.startswith('0 del')], lab.SOON, 'the end of that call')
        told = self.told_again(network, {kept})
        self.assertFalse([call for call in told if released in call.split()])
        self.assertEqual([entry['hostname'] for entry in status(network)], ['kept'])

    def test_each_of_two_dnsmasq_gets_its_own_leases_back(self):
        networks = [self.network(name, leasefile_ro=True, recorded=True, environment={'NSS_LEASES_NETWORK': f'{name}-net'})
                    for name in ('red', 'blue')]
        addresses = [self.join(network, f'on-{network.name}')[2] for network in networks]
        for network, address in zip(networks, addresses):
            self.assertEqual([entry['ip-address'] for entry in status(network)], [address])
            told = self.told_again(network, {address})
            self.assertEqual((told[0], {call.split()[3] for call in told[1:]}), ('0 init', {address}))
            self.assertEqual(resolve(f'on-{network.name}.{network.name}-net'), {address})

    def each_gets_its_own_leases_back(self, networks, addresses):
        for network, address in zip(networks, addresses):
            told = self.told_again(network, {address})
            self.assertEqual((told[0], {call.split()[3] for call in told[1:]}), ('0 init', {address}))

    def test_each_of_two_dnsmasq_in_containers_gets_its_own_leases_back(self):
        networks = [self.network(name, leasefile_ro=True, recorded=True, contained=True) for name in ('red', 'blue')]
        addresses = [self.join(network, f'on-{network.name}')[2] for network in networks]
        self.each_gets_its_own_leases_back(networks, addresses)

    def test_each_of_two_dnsmasq_whose_script_runs_the_helper_gets_its_own_leases_back_without_an_index(self):
        networks = [self.network(name, leasefile_ro=True, recorded=True, script_depth=1) for name in ('red', 'blue')]
        addresses = [self.join(network, f'on-{network.name}')[2] for network in networks]
        shutil.rmtree(RUNTIME)
        RUNTIME.touch()
        self.addCleanup(RUNTIME.unlink)
        self.each_gets_its_own_leases_back(networks, addresses)

    def test_a_damaged_file_is_kept_aside_and_does_not_keep_dnsmasq_from_starting(self):
        network = self.network('red', leasefile_ro=True)
        other = self.network('blue', leasefile_ro=True)
        self.join(network, 'lost')
        _, _, spared = self.join(other, 'spared')
        network.stop()
        damage = b'[{"ip-address": "10.77.1.1\x00'
        status_file(network).write_bytes(damage)

        network.start()
        self.assertIn(str(status_file(network)), network.log())
        aside = [file for file in STATE.iterdir() if file.is_file() and file.read_bytes() == damage]
        self.assertEqual(len(aside), 1)
        self.assertNotEqual(aside[0], status_file(network))
        _, _, fresh = self.join(network, 'fresh')
        self.assertEqual((resolve('fresh'), resolve('spared')), ({fresh}, {spared}))
        self.assertEqual([file for file in STATE.iterdir() if file.is_file() and file.read_bytes() == damage], aside)


if __name__ == '__main__':
    lab.main()
