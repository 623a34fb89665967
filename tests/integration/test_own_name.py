"""Clients that call themselves like the machine that leases to them, or like what every machine knows: with a real dnsmasq, in a
UTS namespace of the test's own, whose host name changes."""

import json
import pathlib
import socket
import subprocess
import tempfile

import lab
import sandbox
from calls import call, lease, mac
from lab import SOON, Udhcpc, leasectl, resolve, reverse, wait_until

HOSTNAME = pathlib.Path('/etc/hostname')
CONFIGURATION = pathlib.Path('/etc/nss-leases.conf')
# By the hosts files of Debian, Ubuntu, Fedora, Alpine, openSUSE and macOS, systemd, the RFCs and the clouds.
SPECIAL = ('localhost', 'localhost4', 'localhost6', 'localdomain', 'ip6-localhost', 'ip6-loopback', 'ip6-localnet', 'ip6-mcastprefix',
           'ip6-allnodes', 'ip6-allrouters', 'ip6-allhosts', 'ipv6-localhost', 'ipv6-allnodes', 'broadcasthost', 'unix', 'invalid',
           'ipv4only', 'wpad', 'isatap', 'metadata', 'instance-data')
ORDINARY = 'gateway', 'router', 'dns', 'ntp', 'time', 'mail', 'proxy', 'kubernetes', 'test', 'home'


class OwnName(lab.LabTest):

    def setUp(self):
        super().setUp()
        self.addCleanup(self.rename, sandbox.HOSTNAME, sandbox.HOSTNAME)
        self.addCleanup(CONFIGURATION.unlink, missing_ok=True)

    def rename(self, name, stored=None):
        """The kernel calls this machine `name`; the file says what it did, or `stored`."""
        socket.sethostname(name)
        if stored:
            HOSTNAME.write_text(f'{stored}\n')

    def check(self, name):
        return subprocess.run(['leasectl', 'check', name], capture_output=True, text=True).stdout

    def lease_to(self, network, name):
        """The address of a real client of that name, after the helper was told of it."""
        host = self.host(network, name)
        Udhcpc(host, name)
        address = host.address(4)
        self.all_reported(network, [address])
        return address

    def test_a_client_called_like_this_machine_keeps_its_lease_and_loses_its_name(self):
        for number, (kernel, stored) in enumerate((('builder', None), ('builder.corp.test', None), ('other', 'Builder.corp.test'))):
            with self.subTest(kernel=kernel, stored=stored):
                self.rename(kernel, stored)
                network = self.network(f'lan{number}', domain='lab.test', recorded=True)
                address = self.lease_to(network, 'builder')
                for name in 'builder', 'BUILDER', 'builder.lab.test', f'builder.lan{number}':
                    self.assertEqual(resolve(name), set(), name)
                self.assertEqual(reverse(address), [])
                self.assertEqual(lab.record(network, address)['refused-hostname'], 'builder')
                self.assertIn(address, leasectl('list'))
                for subject in address, f'builder.lan{number}':
                    self.assertEqual([entry['ip-address'] for entry in json.loads(leasectl('lookup', '--json', subject))], [address], subject)
                self.assertRegex(self.check('builder'), rf"(?m)^problem +name +builder \({address} in lan{number}\) has a lease, but its name is "
                                                        "this machine's own: give")
                self.rename(sandbox.HOSTNAME, sandbox.HOSTNAME)

    def test_the_next_event_of_any_lease_notices_that_this_machine_has_another_name(self):
        network = self.network(recorded=True)
        address = self.lease_to(network, 'builder')
        self.assertEqual(resolve('builder'), {address})
        self.rename('builder.corp.test')
        self.assertRegex(self.check('builder'), "(?m)^problem +name +builder is answered, but it is this machine's own since the policy changed")
        self.lease_to(network, 'web')
        self.is_gone('builder')
        self.assertEqual(lab.record(network, address)['refused-hostname'], 'builder')
        # Back, it is the machine's again.
        self.rename(sandbox.HOSTNAME)
        self.assertRegex(self.check('builder'), '(?m)^problem +name +builder .* was refused by a name policy that accepts it now')
        leasectl('import')
        self.assertEqual(resolve('builder'), {address})

    def test_so_does_the_end_of_another_lease(self):
        lease(1, 'builder')
        lease(2, 'web')
        self.rename('builder')
        call('del', mac(2), '10.0.0.2', 'web')
        self.assertEqual(resolve('builder'), set())

    def test_a_rebuild_and_an_import_notice_it_too(self):
        for verb in 'rebuild', 'import':
            with self.subTest(verb=verb):
                self.rename(sandbox.HOSTNAME)
                lease(1, 'builder')
                leasectl('import')
                self.assertEqual(resolve('builder'), {'10.0.0.1'})
                self.rename('builder')
                leasectl(verb)
                self.assertEqual(resolve('builder'), set())

    def test_who_follows_the_sources_follows_the_name_in_the_file(self):
        lease(1, 'builder')
        follower = subprocess.Popen(['leasectl', 'import', '--follow'], stdout=subprocess.DEVNULL)
        self.addCleanup(follower.wait)
        self.addCleanup(follower.terminate)
        for name, addresses in ('builder', set()), (sandbox.HOSTNAME, {'10.0.0.1'}), ('builder', set()):
            HOSTNAME.write_text(f'{name}\n')
            wait_until(lambda: resolve('builder') == addresses, SOON, f'{addresses} with {name}')

    def test_a_guest_of_a_mac_map_is_not_called_like_this_machine_either(self):
        with tempfile.NamedTemporaryFile('w', dir=sandbox.SCRATCH, suffix='.json') as guests:
            guests.write('[{"domain": "builder", "macs": ["52:54:00:00:00:01"]}, {"domain": "vm", "macs": ["52:54:00:00:00:02"]}]')
            guests.flush()
            CONFIGURATION.write_text(f'[[source]]\nkind = "mac-map"\npath = "{guests.name}"\n')
            lease(1, 'web')
            lease(2, sandbox.HOSTNAME)
            leasectl('import')
            self.assertEqual((resolve('builder'), resolve('vm')), ({'10.0.0.1'}, {'10.0.0.2'}))
            self.assertEqual(reverse('10.0.0.2'), ['vm'])
            self.rename('builder')
            leasectl('import')
            self.assertEqual((resolve('builder'), resolve('web')), (set(), {'10.0.0.1'}))

    def test_what_every_machine_knows_is_not_a_client_s_to_be(self):
        for number, name in enumerate(SPECIAL + ORDINARY, 1):
            lease(number, name)
        leased = {name: resolve(name) - {'127.0.0.1', '::1'} for name in SPECIAL + ORDINARY}
        self.assertEqual({name for name, addresses in leased.items() if addresses}, set(ORDINARY))
        self.assertEqual(len(json.loads(leasectl('list', '--json'))), len(leased))
        for name in set(SPECIAL) - {'localhost'}:
            self.assertIn(f'its name is reserved ({name})', self.check(name))

    def test_no_name_right_below_arpa_is_answered(self):
        lease(1, 'ipv4only', DNSMASQ_DOMAIN='arpa')
        lease(2, 'home', DNSMASQ_DOMAIN='arpa')
        lease(3, 'web', DNSMASQ_DOMAIN='home.arpa')
        self.assertEqual([resolve(name) for name in ('ipv4only.arpa', 'home.arpa', 'home', 'web.home.arpa')], [set(), set(), set(), {'10.0.0.3'}])

    def test_a_name_like_localhost_live_can_be_allowed(self):
        lease(1, 'localhost-live')
        self.assertEqual(resolve('localhost-live'), set())
        CONFIGURATION.write_text('[names]\nallow = ["localhost-live", "localhost"]\n')
        leasectl('import')
        self.assertEqual(resolve('localhost-live'), {'10.0.0.1'})
        lease(2, 'localhost')
        self.assertEqual(reverse('10.0.0.2'), [])


if __name__ == '__main__':
    lab.main()
