"""DHCP servers of another release, in a tree of that, whose files are imported here. scripts/test-other-servers makes the tree, and calls this:

    real_other_servers.py TREE [TEST ...]
"""

import json
import os
import pathlib
import shutil
import sys
import time

import lab
import sandbox
import test_other_servers
from client import Udhcpc
from import_lab import ImportTest
from lab import resolve, reverse
from other_servers import Kea, Kea6, OtherServer
from program import Program
from sandbox import mount, run
from sources import CONFIGURATION, follower
from test_other_servers import Names, OtherServerTest
from tree import ROOT, lay_out


def enter():
    if not os.environ.get(sandbox.INSIDE):
        # This program is started again in the sandbox, with the same words.
        sys.argv.insert(1, TREE)
    sandbox.enter()
    lay_out(TREE)
    # Where it cannot write to /sys, networkd does not wait for udevd.
    mount('-t', 'sysfs', '-o', 'ro', 'sysfs', ROOT / 'sys')


def in_tree(*command):
    return ['chroot', ROOT, 'env', '-i', 'PATH=/usr/sbin:/usr/bin', 'LC_ALL=C.UTF-8', 'HOME=/root', *map(str, command)]


class KeaOfTree(Kea):
    """Its files are in /run, which it shares."""

    program = 'chroot'

    @staticmethod
    def data_directory():
        return ROOT / 'var/lib/kea'

    def command(self):
        variables = [f'{name}={value}' for name, value in self.environment.items()]
        return in_tree('env', *variables, f'kea-dhcp{self.family}', '-c', self.configuration)


class Kea6OfTree(KeaOfTree):
    ready, family = Kea6.ready, 6


class KeaV4(test_other_servers.KeaV4):
    server = KeaOfTree


class KeaV6(test_other_servers.KeaV6):
    server = Kea6OfTree


class Networkd(OtherServer):
    program, ready = 'chroot', 'Configuring with'

    def configure(self):
        self.lease_file = ROOT / f'var/lib/systemd/network/dhcp-server-lease/{self.name}'
        user = run(*in_tree('id', '-u', 'systemd-network')).strip()
        for directory in 'etc/systemd/network', 'var/lib/systemd/network':
            (ROOT / directory).mkdir(parents=True, exist_ok=True)
        shutil.chown(ROOT / 'var/lib/systemd/network', int(user))
        pathlib.Path('/run/systemd').mkdir(exist_ok=True)
        (ROOT / f'etc/systemd/network/{self.name}.network').write_text(
            f'[Match]\nName={self.name}\n[Network]\nAddress={self.v4}.1/24\nDHCPServer=yes\nLinkLocalAddressing=no\n'
            f'[DHCPServer]\nDefaultLeaseTimeSec={self.seconds}\nMaxLeaseTimeSec={self.seconds}\nEmitDNS=no\n')

    def command(self):
        # What systemd-networkd.service and systemd-networkd-persistent-storage.service say.
        return in_tree('env', 'STATE_DIRECTORY=/var/lib/systemd/network', 'SYSTEMD_NETWORK_PERSISTENT_STORAGE_READY=1',
                       '/usr/lib/systemd/systemd-networkd')

    def leased(self):
        file = json.loads(self.lease_file.read_text()) if self.lease_file.exists() else {}
        return {'.'.join(map(str, lease['Address'])): lease.get('Hostname', '') for lease in file.get('Leases', [])
                if lease['ExpirationRealtimeUSec'] > time.time() * 1e6}

    def remove(self):
        super().remove()
        shutil.rmtree(self.lease_file.parent, ignore_errors=True)


class NetworkdV4(Names, OtherServerTest):
    kind, server, client = 'networkd', Networkd, Udhcpc
    # It goes by the name with which a client came.
    renames = False
    # It writes another file each time.
    test_what_is_damaged_or_half_written_costs_no_other_lease = None

    def test_a_file_that_is_cut_short_loses_no_name_and_is_made_good_by_the_next_lease(self):
        server, _ = self.followed()
        _, _, address = self.machine_of(server, 'web')
        text = server.lease_file.read_text()
        for size in 0, len(text) // 2, len(text) - 3:
            server.lease_file.write_text(text[:size])
            time.sleep(0.5)
            self.assertEqual(resolve('web'), {address})
            self.machine_of(server, f'after-{size}')
            self.agrees(server)
            text = server.lease_file.read_text()


class IncusBridge:
    """A network of Incus' as a Host needs it: the bridge that Incus made, in this namespace."""

    namespace = None

    def __init__(self, name):
        self.name = name

    @staticmethod
    def ip(*arguments):
        return run('ip', *arguments)


class IncusDomain(ImportTest):

    def setUp(self):
        super().setUp()
        self.networks = []
        mount('--bind', self.directory('var/lib/incus'), self.here('/var/lib/incus'))
        self.addCleanup(run, 'umount', '/var/lib/incus')
        self.directory('var/log/incus')
        self.daemon = Program(self, *in_tree('env', 'INCUS_SECURITY_APPARMOR=false', '/usr/libexec/incus/incusd'))
        run(*in_tree('/usr/libexec/incus/incusd', 'waitready', '--timeout=300'))

    @staticmethod
    def here(path):
        pathlib.Path(path).mkdir(parents=True, exist_ok=True)
        return path

    @classmethod
    def directory(cls, path):
        return cls.here(ROOT / path)

    def incus(self, *arguments):
        return run(*in_tree('incus', *arguments))

    def made(self, name, number, *options):
        self.incus('network', 'create', name, f'ipv4.address=10.88.{number}.1/24', 'ipv6.address=none', 'ipv4.nat=false', *options)
        self.addCleanup(self.incus, 'network', 'delete', name)
        return IncusBridge(name)

    def test_a_network_of_incus_has_its_domain_without_being_told(self):
        # As the package has it.
        shutil.copy(pathlib.Path(__file__).parents[2] / 'debian/nss-leases.conf', CONFIGURATION)
        follow = follower(self)
        plain, lab0 = self.made('incusbr0', 1), self.made('lab0', 2, 'dns.domain=lab.example')
        addresses = {}
        for bridge, name, domain in (plain, 'vm1', 'incus'), (lab0, 'vm2', 'lab.example'):
            host = self.host(bridge, name)
            Udhcpc(host, name)
            addresses[name] = host.address()
            for asked in name, f'{name}.{domain}', f'{name}.{bridge.name}':
                self.resolves(asked, addresses[name])
            self.assertEqual(reverse(addresses[name])[0], f'{name}.{domain}')
        self.assertEqual(resolve('vm1.lab.example'), set())
        self.incus('network', 'set', 'incusbr0', 'dns.domain=new.example')
        self.resolves('vm1.new.example', addresses['vm1'])
        self.is_gone('vm1.incus')
        self.resolves('vm2.lab.example', addresses['vm2'])
        self.assertEqual(follow.err.read_text(), '')


if __name__ == '__main__':
    TREE = sys.argv.pop(1)
    lab.main(enter)
