"""The canonical name of a machine is what DNS has: programs see no difference when `leases` stands before `dns`. With a real dnsmasq, by
its leases and by its own DNS."""

import json
import pathlib
import subprocess
import sys

import lab
from lab import leasectl

CONFIGURATION = pathlib.Path('/etc/nss-leases.conf')
NSSWITCH = pathlib.Path('/etc/nsswitch.conf')
RESOLVER = pathlib.Path('/etc/resolv.conf')
QUESTIONS = r'''
import json, socket, sys
address, *names = sys.argv[1:]
print(json.dumps({
    'getnameinfo': socket.getnameinfo((address, 22), socket.NI_NAMEREQD)[0],
    'gethostbyaddr': socket.gethostbyaddr(address)[0],
    **{name: [socket.getaddrinfo(name, 22, type=socket.SOCK_STREAM, flags=socket.AI_CANONNAME)[0][3], socket.gethostbyname_ex(name)[0]]
       for name in names}}))
'''


class CanonicalName(lab.LabTest):

    def setUp(self):
        super().setUp()
        for file in NSSWITCH, RESOLVER:
            self.addCleanup(file.write_text, file.read_text() if file.exists() else '')
        self.addCleanup(CONFIGURATION.unlink, missing_ok=True)

    def seen(self, services, address, *names):
        """What a program that starts with these services says of an address and of names."""
        NSSWITCH.write_text(f'passwd: files\ngroup: files\nhosts: {services}\n')
        return json.loads(subprocess.run([sys.executable, '-c', QUESTIONS, address, *names], check=True, capture_output=True, text=True).stdout)

    def own_full_name(self, services, name):
        """hostname -f, where this machine is called so."""
        NSSWITCH.write_text(f'passwd: files\ngroup: files\nhosts: {services}\n')
        command = ['unshare', '--uts', 'sh', '-c', 'hostname "$1" && hostname -f', 'sh', name]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def joined(self, name):
        network = self.network(domain='lab.test', dns=True, options=['local=/lab.test/'])
        RESOLVER.write_text(f'nameserver {network.v4}.1\nsearch lab.test\n')
        return self.join(network, name)[2]

    def test_programs_see_the_same_by_leases_and_by_dns(self):
        address = self.joined('vm1')
        by_dns = self.seen('files dns', address, 'vm1', 'vm1.lab.test')
        self.assertEqual(by_dns['getnameinfo'], 'vm1.lab.test')
        for services in 'files leases', 'files leases dns':
            self.assertEqual(self.seen(services, address, 'vm1', 'vm1.lab.test'), by_dns, services)
        self.assertEqual(self.own_full_name('files leases dns', 'vm1'), self.own_full_name('files dns', 'vm1'))

    def test_a_network_can_have_short_names(self):
        address = self.joined('vm1')
        CONFIGURATION.write_text('[names]\nshort-names = ["la?"]\n')
        leasectl('import')
        seen = self.seen('files leases', address, 'vm1', 'vm1.lab.test')
        self.assertEqual(seen, {'getnameinfo': 'vm1', 'gethostbyaddr': 'vm1', 'vm1': ['vm1', 'vm1'], 'vm1.lab.test': ['vm1.lab.test'] * 2})
        CONFIGURATION.unlink()
        leasectl('import')
        self.assertEqual(self.seen('files leases', address, 'vm1')['getnameinfo'], 'vm1.lab.test')


if __name__ == '__main__':
    lab.main()
