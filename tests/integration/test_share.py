"""Leases shared through etcd: what is published, what other hosts make of it, and a machine that only reads."""

import json
import time

import cluster
import lab
from client import Udhcpc
from cluster import Hypervisor
from share_test import ShareTest, changes, check
from waiting import SOON, wait_until


class Everywhere(ShareTest):

    def test_a_name_appears_everywhere_is_renamed_and_released(self):
        hypervisors = [self.hypervisor(name) for name in ('hv1', 'hv2', 'hv3')]
        everybody = [*hypervisors, self.reader()]
        watch = everybody[3].watch()
        guests = {hypervisor: self.guest(hypervisor, f'vm-{hypervisor.name}') for hypervisor in hypervisors}
        for hypervisor, (_, address) in guests.items():
            for other in everybody:
                other.resolves(f'vm-{hypervisor.name}', address)
                other.resolves(f'vm-{hypervisor.name}.lab.example', address)
            for other in everybody:
                if other is not hypervisor:
                    other.resolves(f'vm-{hypervisor.name}.{hypervisor.name}', address)
        self.assertEqual(everybody[3].getent('hosts', guests[hypervisors[0]][1])[0][1], 'vm-hv1.lab.example')

        with self.subTest('tools show the host'):
            leases = everybody[3].leases()
            self.assertEqual({(lease['host'], lease['network']) for lease in leases}, {(f'hv{n}', f'hv{n}:lab') for n in (1, 2, 3)})
            check('lease-list', leases)
            networks = json.loads(everybody[3].run(cluster.LEASECTL, 'networks', '--json'))
            self.assertEqual([network['host'] for network in networks], ['hv1', 'hv2', 'hv3'])
            check('network-list', networks)
            self.assertIn('vm-hv2.hv2', everybody[3].run(cluster.LEASECTL, 'export', 'hosts'))
            wait_until(lambda: len(changes(watch)) == 3, SOON, watch.out.read_text)
            for line in watch.lines():
                check('lease-change', json.loads(line))
            self.assertEqual({json.loads(line)['lease']['host'] for line in watch.lines()}, {'hv1', 'hv2', 'hv3'})

        with self.subTest('renamed'):
            client, address = guests[hypervisors[0]]
            client.kill()
            Udhcpc(client.host, 'renamed')
            for other in everybody:
                other.resolves('renamed', address)
                other.resolves('vm-hv1')

        with self.subTest('released'):
            guests[hypervisors[1]][0].release()
            for other in everybody:
                other.resolves('vm-hv2')

    def test_etcd_has_what_the_schema_says(self):
        hypervisor = self.hypervisor('hv1')
        _, address = self.guest(hypervisor, 'web')
        wait_until(lambda: len(self.etcd.keys()) == 2, SOON, lambda: f'the keys: {self.etcd.keys()}')
        keys = self.etcd.keys()
        record = json.loads(keys[f'/nss-leases/v1/hv1/lab/{address}'])
        check('lease-status', [record])
        self.assertEqual((record['hostname'], record['domain'], record['ip-address']), ('web', 'lab.example', address))
        check('shared-host', json.loads(keys['/nss-leases/v1/hv1/host']))
        dns = {key: json.loads(value) for key, value in self.etcd.keys('/skydns/').items()}
        pointer = '/skydns/arpa/in-addr/' + address.replace('.', '/')
        self.assertEqual(dns, {f'/skydns/example/lab/web/hv1-{address}': {'host': address, 'ttl': 30},
                               pointer: {'host': 'web.lab.example', 'ttl': 30}})
        [life] = self.etcd.leases()
        self.assertIn(f'granted with TTL({cluster.TIME_OUT}s)', self.etcd.control('lease', 'timetolive', life))
        bound = self.etcd.control('lease', 'timetolive', '--keys', life)
        for key in (*keys, *dns):
            self.assertIn(key, bound)

    def test_only_networks_that_are_opted_in_are_published(self):
        hypervisor = self.hypervisor('hv1', networks=('other',))
        other = self.hypervisor('hv2')
        self.guest(hypervisor, 'hidden')
        _, address = self.guest(other, 'seen')
        hypervisor.resolves('seen', address)
        self.assertNotIn('hidden', ''.join(self.etcd.keys().values()))
        self.assertEqual(other.resolve('hidden'), set())

    def test_this_hosts_name_comes_before_that_of_another(self):
        one, other = self.hypervisor('hv1'), self.hypervisor('hv2')
        runner = self.reader()
        client, own = self.guest(one, 'web')
        _, others = self.guest(other, 'web')
        runner.resolves('web', own, others)
        one.resolves('web.hv2', others)
        one.resolves('web', own)
        other.resolves('web.hv1', own)
        other.resolves('web', others)
        client.release()
        one.resolves('web', others)


class Clocks(ShareTest):

    def test_a_hosts_clock_may_be_off_by_an_hour(self):
        runner = self.reader()
        for name, skew in (('ahead', '+1h'), ('behind', '-1h')):
            hypervisor = Hypervisor(self, name, self.etcd, skew=skew).start()
            hypervisor.lab = hypervisor.network(lease='2h')
            _, address = self.guest(hypervisor, f'vm-{name}')
            runner.resolves(f'vm-{name}', address)
            left = next(lease for lease in runner.leases() if lease.get('host') == name)['expiry-time'] - time.time()
            self.assertTrue(7000 < left < 7400, left)


if __name__ == '__main__':
    lab.main()
