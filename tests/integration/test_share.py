"""Leases shared through etcd: a cluster of three members, three hypervisors with a dnsmasq each, and a machine that only reads."""

import json
import pathlib
import signal
import subprocess
import time

import cluster
import lab
from client import Host, Udhcpc
from cluster import TIME_OUT, Etcd, Hypervisor
from schemas import validator
from waiting import SOON, wait_until


def write_leases(hypervisor, count):
    """The status file of a network with this many leases, and their names and addresses."""
    records = [{'ip-address': f'10.{64 + (n >> 16)}.{n >> 8 & 255}.{n & 255}', 'hostname': f'vm-{n}', 'expiry-time': 4_000_000_000, 'domain': 'lab.example',
                'last-change': f'1700000000.{n:09}'} for n in range(count)]
    file = hypervisor.directory / 'state' / 'lab.status'
    file.with_suffix('.new').write_text(json.dumps(records))
    file.with_suffix('.new').rename(file)
    hypervisor.run(cluster.LEASECTL, 'rebuild')
    return {(record['hostname'], record['ip-address']) for record in records}


def check(schema, document):
    validator(f'{schema}.schema.json').validate(document)


class ShareTest(lab.LabTest):

    members = 3

    def setUp(self):
        super().setUp()
        pathlib.Path('/etc/nss-leases.conf').touch()
        cluster.make_backbone()
        self.addCleanup(subprocess.run, ['ip', 'link', 'delete', cluster.BACKBONE])
        self.etcd = self.make_etcd()

    def make_etcd(self):
        return Etcd(self, self.members)

    def hypervisor(self, name, domain='lab.example', **options):
        """A hypervisor that shares its network, and trusts the domain."""
        options.setdefault('share', 'domains = ["lab.example"]\n')
        hypervisor = Hypervisor(self, name, self.etcd, **options)
        hypervisor.start()
        hypervisor.lab = hypervisor.network(domain=domain)
        return hypervisor

    def reader(self, name='runner', **options):
        options.setdefault('share', 'domains = ["lab.example"]\n')
        return Hypervisor(self, name, self.etcd, networks=(), **options).start()

    def guest(self, hypervisor, name, kind=Udhcpc, **options):
        host = Host(hypervisor.lab, f'{hypervisor.name}-{name}')
        self.addCleanup(host.remove)
        client = kind(host, name, **options)
        return client, host.address()


class Everywhere(ShareTest):

    def test_a_name_appears_everywhere_is_renamed_and_released(self):
        hypervisors = [self.hypervisor(name) for name in ('hv1', 'hv2', 'hv3')]
        everybody = [*hypervisors, self.reader()]
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


class Failures(ShareTest):

    def setUp(self):
        super().setUp()
        self.hypervisors = [self.hypervisor(name) for name in ('hv1', 'hv2', 'hv3')]
        self.guests = {}
        for hypervisor in self.hypervisors:
            self.add_guest(hypervisor, f'vm-{hypervisor.name}')
        self.all_resolve()

    def add_guest(self, hypervisor, name):
        self.guests[name] = self.guest(hypervisor, name)[1]

    def all_resolve(self, on=None):
        for hypervisor in on or self.hypervisors:
            for name, address in self.guests.items():
                hypervisor.resolves(name, address)

    def test_the_leader_dies_and_another_member_after_it_came_back(self):
        for _ in range(2):
            leader = wait_until(self.etcd.leader, SOON, 'a leader')
            leader.end()
            self.add_guest(self.hypervisors[0], f'without-{leader.name}-{len(self.guests)}')
            self.all_resolve()
            self.etcd.start()
        self.add_guest(self.hypervisors[1], 'after')
        self.all_resolve()

    def test_a_member_that_hangs_is_left(self):
        for member in self.etcd.members:
            member.process.send_signal(signal.SIGSTOP)
            self.add_guest(self.hypervisors[2], f'while-{member.name}-hangs')
            self.all_resolve()
            member.process.send_signal(signal.SIGCONT)

    def test_a_host_that_dies_goes_after_its_time_out_and_no_other(self):
        dead = self.hypervisors[0]
        dead.die()
        began = time.monotonic()
        name = 'vm-hv1'
        for other in self.hypervisors[1:]:
            other.resolves(name)
        self.assertGreater(time.monotonic() - began, TIME_OUT / 2)
        del self.guests[name]
        self.all_resolve(self.hypervisors[1:])
        self.assertEqual([key for key in self.etcd.keys('/') if 'hv1' in key], [])

    def test_a_host_that_is_cut_off_and_healed(self):
        cut = self.hypervisors[0]
        cut.cut()
        for other in self.hypervisors[1:]:
            other.resolves('vm-hv1')
        with self.subTest('there, the last known leases stay, and its own go on'):
            self.all_resolve([cut])
            self.add_guest(cut, 'local')
            cut.resolves('local', self.guests['local'])
        self.add_guest(self.hypervisors[1], 'meanwhile')
        cut.heal()
        self.all_resolve()

    def test_everything_is_restarted(self):
        for member in self.etcd.members:
            member.end(signal.SIGTERM)
        self.all_resolve()
        self.add_guest(self.hypervisors[0], 'while-etcd-was-gone')
        for hypervisor in self.hypervisors:
            hypervisor.end()
        self.all_resolve_locally()
        self.etcd.start()
        for hypervisor in self.hypervisors:
            hypervisor.start()
        self.all_resolve()

    def all_resolve_locally(self):
        for hypervisor in self.hypervisors:
            hypervisor.resolves(f'vm-{hypervisor.name}', self.guests[f'vm-{hypervisor.name}'])

    def test_a_service_that_is_restarted_loses_nothing_and_takes_back_what_ended_meanwhile(self):
        one, other = self.hypervisors[:2]
        host = self.guest(one, 'ends')
        other.resolves('ends', host[1])
        one.end('share')
        host[0].release()
        one.resolves('ends')
        one.start('share')
        other.resolves('ends')
        self.all_resolve()

    def test_the_log_is_compacted_under_a_reader_that_sleeps(self):
        sleeper = self.hypervisors[2]
        sleeper.cut()
        self.add_guest(self.hypervisors[0], 'new')
        self.hypervisors[1].resolves('new', self.guests['new'])
        self.etcd.control('compact', self.etcd.revision())
        sleeper.heal()
        self.all_resolve()

    def test_etcd_that_lost_everything_is_filled_again(self):
        for member in self.etcd.members:
            member.end()
            subprocess.run(['rm', '-rf', str(member.directory / 'data')], check=True)
        self.etcd.start()
        self.all_resolve()
        wait_until(lambda: len(self.etcd.keys()) == 6, SOON, lambda: f'the keys: {self.etcd.keys()}')

    def test_two_machines_of_one_name(self):
        twin = Hypervisor(self, 'twin', self.etcd, share='host = "hv1"\n').start()
        wait_until(lambda: 'another machine' in twin.log(), SOON, 'the complaint')
        self.all_resolve()


class Many(ShareTest):

    def test_a_host_with_20000_leases(self):
        one, runner = self.hypervisor('hv1'), self.reader()
        addresses = write_leases(one, 20_000)
        wait_until(lambda: {(lease['hostname'], lease['ip-address']) for lease in runner.leases()} == addresses, 10 * SOON, 'all leases, and no others')
        with self.subTest('one of them changes'):
            addresses = write_leases(one, 19_999)
            wait_until(lambda: {(lease['hostname'], lease['ip-address']) for lease in runner.leases()} == addresses, 10 * SOON, 'one lease less')
            self.assertEqual(runner.resolve('vm-19999'), set())
        with self.subTest('it dies'):
            one.die()
            wait_until(lambda: not runner.leases(), 10 * SOON, 'no lease')


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


class Tls(ShareTest):
    """etcd asks for certificates, and a hypervisor for etcd's."""

    PLACE = pathlib.Path('/run/tls')

    def make_etcd(self):
        self.PLACE.mkdir(exist_ok=True)
        self.certificate('ca', '-x509')
        self.certificate('etcd', '-CA', self.PLACE / 'ca.pem', '-CAkey', self.PLACE / 'ca.key', '-x509', '-addext',
                         'subjectAltName=' + ','.join(f'IP:10.99.0.{10 + number}' for number in (1, 2, 3)))
        self.certificate('client', '-CA', self.PLACE / 'ca.pem', '-CAkey', self.PLACE / 'ca.key', '-x509')
        self.certificate('stranger', '-x509')
        options = ['--cert-file', self.PLACE / 'etcd.pem', '--key-file', self.PLACE / 'etcd.key', '--client-cert-auth', '--trusted-ca-file',
                   self.PLACE / 'ca.pem']
        return Etcd(self, self.members, options, 'https', ('--cacert', self.PLACE / 'ca.pem', '--cert', self.PLACE / 'client.pem', '--key',
                                                            self.PLACE / 'client.key'))

    def certificate(self, name, *options):
        lab.run('openssl', 'req', '-newkey', 'rsa:2048', '-nodes', '-subj', f'/CN={name}', '-keyout', self.PLACE / f'{name}.key', '-out',
                self.PLACE / f'{name}.pem', '-days', '30', *options)

    def shared_with(self, name, authority='ca'):
        return (f'ca-file = "{self.PLACE}/{authority}.pem"\ncertificate-file = "{self.PLACE}/{name}.pem"\nkey-file = "{self.PLACE}/{name}.key"\n'
                'domains = ["lab.example"]\n')

    def test_both_sides_have_to_have_a_certificate_of_the_authority(self):
        one, runner = self.hypervisor('hv1', share=self.shared_with('client')), self.reader(share=self.shared_with('client'))
        _, address = self.guest(one, 'web')
        runner.resolves('web', address)
        for name, share in (('stranger', self.shared_with('stranger')), ('fooled', self.shared_with('client', 'stranger'))):
            with self.subTest(name):
                wrong = self.reader(name, share=share)
                wait_until(lambda: 'etcd: https://' in wrong.log(), SOON, wrong.log)
                self.assertEqual(wrong.leases() if (wrong.directory / 'run' / 'hosts.idx').exists() else [], [])


class Access(ShareTest):

    def test_a_user_of_etcds_has_the_rights_that_are_documented(self):
        control = self.etcd.control
        for name in ('root', 'hv1', 'runner'):
            control('user', 'add', f'{name}:secret')
            control('role', 'add', name)
            control('user', 'grant-role', name, name)
        control('role', 'grant-permission', 'hv1', '--prefix=true', 'readwrite', '/nss-leases/v1/hv1/')
        control('role', 'grant-permission', 'hv1', '--prefix=true', 'readwrite', '/skydns/example/lab/')
        control('role', 'grant-permission', 'hv1', '--prefix=true', 'readwrite', '/skydns/arpa/in-addr/10/77/')
        for name in ('hv1', 'runner'):
            control('role', 'grant-permission', name, '--prefix=true', 'read', '/nss-leases/v1/')
        control('auth', 'enable')
        self.etcd.arguments = ('--user', 'root:secret')
        password = pathlib.Path('/run/password')
        password.write_text('secret\n')

        def user(name):
            return f'user = "{name}"\npassword-file = "{password}"\ndomains = ["lab.example"]\n'

        one, runner = self.hypervisor('hv1', share=user('hv1')), self.reader(share=user('runner'))
        _, address = self.guest(one, 'web')
        runner.resolves('web', address)

        with self.subTest('a lease that may not be published keeps no other from it'):
            write_leases(one, 3)
            wait_until(lambda: 'etcd refuses the lease of 10.64.0.0' in one.log(), SOON, one.log)
            _, address = self.guest(one, 'late')
            runner.resolves('late', address)
            self.assertEqual(runner.resolve('vm-1'), set())

        with self.subTest('nobody may write what is another host\'s'):
            wrong = self.hypervisor('hv9', share=user('hv1'))
            self.guest(wrong, 'stolen')
            wait_until(lambda: 'permission denied' in wrong.log(), SOON, wrong.log)
            self.assertEqual(runner.resolve('stolen'), set())

        with self.subTest('a wrong password'):
            wrong = self.reader('stranger', share=user('runner').replace('runner', 'nobody'))
            wait_until(lambda: 'authentication failed' in wrong.log(), SOON, wrong.log)

    def test_a_policy_limits_what_a_host_may_share(self):
        policy = 'names = ["vm-*"]\n[share.peers.hv2]\nnames = ["b-*"]\ndomains = ["lab.example"]\n'
        runner = self.reader(share=policy)
        one, other = self.hypervisor('hv1'), self.hypervisor('hv2')
        addresses = {(hv.name, name): self.guest(hv, name)[1] for hv in (one, other) for name in ('vm-' + hv.name, 'b-' + hv.name)}
        runner.resolves('vm-hv1', addresses['hv1', 'vm-hv1'])
        runner.resolves('b-hv2.lab.example', addresses['hv2', 'b-hv2'])
        wait_until(lambda: len(runner.leases()) == 4, SOON, runner.leases)
        for name in ('b-hv1', 'vm-hv2', 'vm-hv1.lab.example'):
            self.assertEqual(runner.resolve(name), set(), name)


if __name__ == '__main__':
    lab.main()
