"""Who may write what, and what counts of it: etcd's certificates, users and roles, and the policy for other hosts."""

import pathlib

import lab
from cluster import PREFIX, Etcd
from share_test import ShareTest, write_leases
from waiting import SOON, wait_until


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


class Policy(ShareTest):

    def test_only_hosts_that_are_listed_count(self):
        runner = self.reader(share='hosts = ["hv*"]\ndomains = ["lab.example"]\n')
        listed, other = self.hypervisor('hv1'), self.hypervisor('com')
        _, hidden = self.guest(other, 'google')
        listed.resolves('google', hidden)
        _, address = self.guest(listed, 'web')
        runner.resolves('web', address)
        self.assertEqual({lease['host'] for lease in runner.leases()}, {'hv1'})
        for name in ('google', 'google.com', 'google.lab.example'):
            self.assertEqual(runner.resolve(name), set(), name)

    def test_values_that_are_larger_than_an_answer_may_be_keep_no_other_host_away(self):
        one = self.hypervisor('hv1')
        _, address = self.guest(one, 'web')
        for number in range(1, 21):
            self.etcd.control('put', f'{PREFIX}evil/lab/10.9.0.{number}', text=1_000_000 * 'x')
        runner = self.reader(share='domains = ["lab.example"]\n')
        runner.resolves('web', address)
        self.assertEqual([lease['host'] for lease in runner.leases()], ['hv1'])
        _, address = self.guest(one, 'later')
        runner.resolves('later', address)

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
