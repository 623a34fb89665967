"""What the integration tests and the demo share: a lab of dnsmasq networks and DHCP clients, and the answers of its resolver.

A test program ends with lab.main(); its cases derive from LabTest.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import unittest
import zlib

import sandbox
from client import Dhclient, Dhcpcd, Host, Udhcpc
from network import Network
from sandbox import run
from waiting import SOON, wait_until

STATE = pathlib.Path('/var/lib/nss-leases')
RUNTIME = pathlib.Path('/run/nss-leases')
INDEX = RUNTIME / 'hosts.idx'
# Of dnsmasq's log, shown after a failure.
LAST_LINES = 40


def getent(*arguments):
    """The fields of each line that getent prints; none when it finds nothing."""
    done = subprocess.run(['getent', *arguments], capture_output=True, text=True)
    if done.returncode not in (0, 2):
        raise AssertionError(f'getent {" ".join(arguments)} ended with {done.returncode}: {done.stderr}')
    return [line.split() for line in done.stdout.splitlines()]


def resolve(name):
    """All addresses of a name, v4 and v6, through getaddrinfo."""
    return {fields[0] for fields in getent('ahosts', name)}


def reverse(address):
    """All names of an address, through gethostbyaddr."""
    return [name for fields in getent('hosts', address) for name in fields[1:]]


def status(network):
    """The network's status file. Each read also checks that the file is there as a whole or not at all."""
    file = status_file(network)
    return json.loads(file.read_text()) if file.exists() else []


def status_file(network):
    return STATE / f'{network.known_as}.status'


def record(network, address):
    """The one record of an address, or None."""
    found = [entry for entry in status(network) if entry['ip-address'] == address]
    assert len(found) < 2, f'{address} is there more than once: {found}'
    return found[0] if found else None


def leasectl(*arguments):
    return run('leasectl', *arguments)


def identity(file):
    """This differs after every write, whether in place, through a mapping or by rename."""
    stat = file.stat()
    return stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, zlib.crc32(file.read_bytes())


class LabTest(unittest.TestCase):
    """Each test begins with no networks and no leases."""

    maxDiff = None

    def setUp(self):
        self.networks = []
        for directory in STATE, RUNTIME:
            shutil.rmtree(directory, ignore_errors=True)

    def network(self, name='lan', **options):
        """A network whose dnsmasq is running."""
        network = Network(name, **options)
        self.addCleanup(network.remove)
        self.networks.append(network)
        return network.start()

    def host(self, network, name, **options):
        host = Host(network, name, **options)
        self.addCleanup(host.remove)
        return host

    def join(self, network, name, kind=Udhcpc, served_by=None, **options):
        """A machine that has its lease under this name, of which the helper has been told: the host, its client and its address.
        `served_by` is the network whose dnsmasq serves this one, too."""
        host = self.host(network, name)
        client = kind(host, name, **options)
        address = host.address(options.get('family', 4))
        self.resolves(name, address)
        wait_until((served_by or network).is_idle, SOON, 'the end of the helper')
        return host, client, address

    def burst(self, network, count, prefix):
        """This many leases at once, from one machine: (address, name) of each."""
        burst = pathlib.Path(__file__).with_name('burst.py')
        host = self.host(network, f'burst-{prefix}')
        return [tuple(line.split()) for line in host.run(sys.executable, '-B', burst, 'eth0', count, prefix).splitlines()]

    def all_reported(self, network, addresses, since=0):
        """Waits until the helper has finished a call for each address, after the first `since` calls. The network must be a recorded
        one."""
        def reported():
            return {word for call in network.calls()[since:] for word in call.split()} >= set(addresses)

        wait_until(reported, SOON, 'a call for every lease')

    def told_again(self, network, addresses, again=Network.restart):
        """The helper's calls since dnsmasq was made to report these addresses again."""
        self.all_reported(network, addresses)
        before = len(network.calls())
        again(network)
        self.all_reported(network, addresses, since=before)
        return network.calls()[before:]

    def resolves(self, name, *addresses):
        """The name has these addresses, or soon will have, and no others."""
        wait_until(lambda: resolve(name) == set(addresses), SOON,
                   lambda: f'{name} is {addresses}, not {resolve(name)}')

    def is_gone(self, name):
        wait_until(lambda: not resolve(name), SOON, lambda: f'{name} is gone; still {resolve(name)}')


class Result(unittest.TextTestResult):
    """Shows the logs of dnsmasq and the helper if the test fails."""

    def addFailure(self, test, error):
        self.show_logs(test)
        super().addFailure(test, error)

    def addError(self, test, error):
        self.show_logs(test)
        super().addError(test, error)

    def addSubTest(self, test, subtest, error):
        if error:
            self.show_logs(test)
        super().addSubTest(test, subtest, error)

    def show_logs(self, test):
        for network in getattr(test, 'networks', []):
            lines = network.log().splitlines()
            first = 0 if sandbox.SOAK else max(0, len(lines) - LAST_LINES)
            self.stream.writeln('\n'.join([f'\n--- dnsmasq on {network.name}, from line {first + 1} on ---', *lines[first:]]))


def main(enter=sandbox.enter):
    """enter() returns in the sandbox where the tests run."""
    enter()
    program = unittest.main(testRunner=unittest.TextTestRunner(resultclass=Result, verbosity=2), exit=False)
    if program.result.wasSuccessful() and program.result.testsRun == 0:
        sys.exit(sandbox.SKIPPED)
    sys.exit(not program.result.wasSuccessful())
