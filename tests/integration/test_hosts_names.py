"""A client that takes a name that a hosts file gives to another machine: dnsmasq's own DNS does not follow it, and neither do we."""

import pathlib
import re
import socket
import struct
import subprocess

import lab
from lab import SOON, Udhcpc, leasectl, resolve, reverse, status, wait_until
from sandbox import SCRATCH

CONFIGURATION = pathlib.Path('/etc/nss-leases.conf')
HOSTS = pathlib.Path('/etc/hosts')
OWN = SCRATCH / 'names-of-ours'


def ask_dnsmasq(server, name):
    """The IPv4 addresses that dnsmasq's DNS gives a name."""
    question = b''.join(bytes([len(label)]) + label.encode() for label in name.split('.')) + b'\0' + struct.pack('>HH', 1, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(SOON)
        sock.sendto(struct.pack('>HHHHHH', 7, 0x0100, 1, 0, 0, 0) + question, (server, 53))
        reply = sock.recv(4096)
    # Each record is a pointer to the question's name, its type, class and time, and four bytes of address.
    records, count = reply[12 + len(question):], struct.unpack('>H', reply[6:8])[0]
    return {socket.inet_ntoa(records[16 * n + 12:16 * n + 16]) for n in range(count)}


class HostsNames(lab.LabTest):

    def setUp(self):
        super().setUp()
        CONFIGURATION.write_text(f'[names]\nhosts-files = ["/etc/hosts", "{OWN}"]\n')
        OWN.write_text('')
        before = HOSTS.read_text()
        self.addCleanup(HOSTS.write_text, before)
        self.addCleanup(CONFIGURATION.unlink)

    def network_with_dns(self, **options):
        return self.network(domain='lab.test', dns=True, recorded=True, options=['no-hosts', f'addn-hosts={OWN}'], **options)

    def lease(self, network, name):
        """The address of a client of this name, after the helper was told."""
        host = self.host(network, name)
        client = Udhcpc(host, name)
        address = host.address(4)
        self.all_reported(network, [address])
        return client, address

    def record(self, network, address):
        return next(record for record in status(network) if record['ip-address'] == address)

    def check(self, name):
        return subprocess.run(['leasectl', 'check', name], capture_output=True, text=True).stdout

    def test_no_name_is_answered_that_dnsmasq_does_not_give_to_the_client(self):
        OWN.write_text('10.0.0.200 bare\n10.0.0.201 Qualified.lab.test\n10.0.0.202 elsewhere.corp.test\n')
        network = self.network_with_dns()
        leased = {name: self.lease(network, name)[1] for name in ('bare', 'qualified', 'elsewhere', 'free')}
        refused = set(re.findall(r'not giving name ([a-z]+)[. ]', network.log()))
        self.assertEqual(refused, {'bare', 'qualified'})
        for name, address in leased.items():
            for asked in name, f'{name}.lab.test':
                ours = resolve(asked)
                self.assertEqual(ours, set() if name in refused else {address}, asked)
                self.assertLessEqual(ours, ask_dnsmasq(f'{network.v4}.1', asked), asked)
        self.assertEqual(reverse(leased['bare']), [])
        self.assertEqual(self.record(network, leased['bare'])['refused-hostname'], 'bare')
        self.assertRegex(self.check('bare'), rf'(?m)^problem +name +bare \({leased["bare"]} in lan\) has a lease, but its name '
                                             rf'is given to 10\.0\.0\.200 by {OWN}: give')
        self.assertRegex(self.check('elsewhere'), f'(?m)^ok +name +elsewhere is {leased["elsewhere"]}')

    def test_a_machine_that_the_administrator_put_into_etc_hosts_has_its_name(self):
        network = self.network()
        host = self.host(network, 'web')
        HOSTS.write_text(f'{HOSTS.read_text()}{network.v4}.100 web\n{network.v4}.101 web\n')
        Udhcpc(host, 'web')
        address = host.address(4)
        HOSTS.write_text(f'{HOSTS.read_text()}{address} web\n')
        leasectl('import')
        self.assertEqual(reverse(address)[0], 'web')
        self.assertEqual(self.record(network, address)['hostname'], 'web')

    def test_a_hosts_file_that_changes_counts_from_dnsmasq_s_reload_and_from_an_import(self):
        network = self.network_with_dns()
        _, address = self.lease(network, 'gitlab')
        self.assertEqual(resolve('gitlab'), {address})
        OWN.write_text('10.0.0.200 gitlab\n')
        self.assertRegex(self.check('gitlab'), f'(?m)^problem +name +gitlab .* is answered, but its name is given to 10.0.0.200 by {OWN}, which the index')
        self.told_again(network, [address], lambda network: network.reload())
        self.is_gone('gitlab')
        OWN.write_text('')
        self.assertRegex(self.check('gitlab'), '(?m)^problem +name +gitlab .* was refused by a name policy that accepts it now')
        leasectl('import')
        self.assertEqual(resolve('gitlab'), {address})
        OWN.write_text('10.0.0.200 gitlab\n')
        leasectl('rebuild')
        self.assertEqual(resolve('gitlab'), set())

    def test_a_hosts_file_that_cannot_be_read_costs_no_lease_and_is_told(self):
        OWN.unlink()
        network = self.network()
        _, _, address = self.join(network, 'web')
        problem = f'{OWN}: cannot be read: No such file or directory'
        self.assertIn(problem, network.log())
        self.assertRegex(self.check('web'), f'(?m)^problem +configuration +{problem}')
        self.assertEqual(resolve('web'), {address})

    def test_who_follows_the_sources_follows_the_hosts_files(self):
        network = self.network()
        _, _, address = self.join(network, 'gitlab')
        follower = subprocess.Popen(['leasectl', 'import', '--follow'], stdout=subprocess.DEVNULL)
        self.addCleanup(follower.wait)
        self.addCleanup(follower.terminate)
        for text, addresses in ('10.0.0.200 gitlab\n', set()), ('', {address}), ('10.0.0.200 gitlab\n', set()):
            OWN.write_text(text)
            wait_until(lambda: resolve('gitlab') == addresses, SOON, f'{addresses} with {text!r}')


if __name__ == '__main__':
    lab.main()
