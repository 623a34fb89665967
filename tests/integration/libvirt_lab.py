"""What the tests with the real libvirt share."""

import contextlib
import pathlib
import subprocess
import unittest

import lab
from guest import Guest
from lab import getent, leasectl, resolve
from libvirt import CannotStart, Libvirt
from libvirt_network import LibvirtNetwork
from sandbox import run
from waiting import HUNG, wait_until


def found(service, name):
    """All addresses of a name, through one of libvirt's modules: libvirt or libvirt_guest. glibc shows an IPv4 address that it looked for
    among IPv6 ones as mapped."""
    return {fields[0].removeprefix('::ffff:') for fields in getent('-s', f'hosts:{service}', 'ahosts', name)}


def in_order(name):
    """The IPv4 addresses of a name, in the order in which the module gives them."""
    return [fields[0] for fields in getent('hosts', name)]


def listed(*arguments):
    """What `leasectl list` shows, as virsh does, which has another order: each row (expiry, MAC, protocol, address/prefix, name,
    client-id or DUID)."""
    rows = [line.split() for line in run('leasectl', 'list', *arguments).splitlines()[1:]]
    return sorted((f'{row[1]} {row[2]}', *row[3:8]) for row in rows)


def complaint(*command):
    """The message of a command that must fail, and its exit status."""
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return done.returncode, done.stderr


def switch(action):
    """Puts our helper in libvirt's place (on), or libvirt's back (off)."""
    return leasectl('libvirt-helper', action)


@contextlib.contextmanager
def away(path):
    """Moves a file away for a while."""
    hidden = pathlib.Path(path).rename(f'{path}.away')
    try:
        yield
    finally:
        hidden.rename(path)


class LibvirtTest(lab.LabTest):

    @classmethod
    def setUpClass(cls):
        try:
            cls.libvirt = cls.enterClassContext(Libvirt())
        except CannotStart as reason:
            raise unittest.SkipTest(f'libvirt cannot start here: {reason}') from reason

    def libvirt_network(self, title='lab', **options):
        """A network that libvirt has started."""
        network = LibvirtNetwork(self.libvirt, title, **options)
        self.addCleanup(network.remove)
        self.networks.append(network)
        return network.start()

    def guest(self, name, *networks):
        guest = Guest(self.libvirt, name, *networks)
        self.addCleanup(guest.remove)
        return guest.start()

    def booted(self, network, mac, count):
        """The addresses of a guest's card, as soon as it has this many."""
        def addresses():
            return [entry['ip-address'] for entry in network.status() if entry['mac-address'] == mac]

        wait_until(lambda: len(addresses()) == count, HUNG, lambda: f'{count} leases of {mac}\n{network.log()}')
        return set(addresses())

    def read_again(self):
        """For those whose leases are read when they say so."""

    def shown_alike(self, network, *guests):
        """leasectl shows the same as virsh for a network and its guests. A guest's firmware may ask for its lease once more meanwhile."""
        def shown():
            rows = [line.split() for line in self.libvirt.virsh('net-dhcp-leases', network.title).splitlines()]
            return listed(network.name), sorted((f'{row[0]} {row[1]}', *row[2:]) for row in rows)

        def is_alike():
            ours, virshs = shown()
            if ours != virshs:
                self.read_again()
            return ours == virshs

        wait_until(is_alike, lab.SOON, lambda: f'what virsh shows: {shown()}')
        for guest in guests:
            self.assertEqual({row[1:4] for row in listed('--guest', guest.name)}, set(guest.addresses()))
            self.assertEqual({row[3].split('/')[0] for row in listed('--guest', guest.name)}, resolve(guest.name))
