"""The machines of the lab and the DHCP clients that run on them."""

import contextlib
import itertools
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import unittest

from network import Network
from sandbox import IPV6_ON, SCRATCH, run
from waiting import HUNG, SOON, another_second, wait_until

INTERFACE = 'eth0'
# Every machine has its own lease database and resolv.conf. ip netns exec gives the shell a mount namespace.
OWN_FILES = '''
for place in /var/lib/dhcp /var/lib/dhcpcd /run/dhcpcd; do mkdir -p $place; mount --bind "$0" $place; done
: > "$0/resolv.conf"; mount --bind "$0/resolv.conf" /etc/resolv.conf
exec "$@"
'''


class Host:
    """A machine on a network: a network namespace that a veth pair joins to the bridge."""

    numbers = itertools.count(1)

    def __init__(self, network: Network, name, mac=None):
        number = next(Host.numbers)
        self.namespace = f'{network.name}-{name}'
        self.mac = mac or f'52:54:00:77:{number >> 8:02x}:{number & 255:02x}'
        self.directory = SCRATCH / f'{self.namespace}-{number}'
        self.directory.mkdir(parents=True)
        self.processes = []
        self.outside = f'veth{number}'
        run('ip', 'netns', 'add', self.namespace)
        self.run('sh', '-c', IPV6_ON)
        run('ip', 'link', 'add', self.outside, 'type', 'veth', 'peer', INTERFACE, 'address', self.mac, 'netns', self.namespace)
        self.plug_into(network)
        run('ip', '-n', self.namespace, 'link', 'set', 'lo', 'up')
        run('ip', '-n', self.namespace, 'link', 'set', INTERFACE, 'up')

    def plug_into(self, network):
        if network.namespace:
            run('ip', 'link', 'set', self.outside, 'netns', network.namespace)
        network.ip('link', 'set', self.outside, 'master', network.name, 'up')

    def run(self, *command):
        return run('ip', 'netns', 'exec', self.namespace, *command)

    def spawn(self, *command):
        with (self.directory / 'log').open('ab') as log:
            process = subprocess.Popen(
                ['ip', 'netns', 'exec', self.namespace, 'sh', '-ec', OWN_FILES, self.directory, *command],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def address(self, family=4, seconds=HUNG):
        """The address that DHCP gave this machine, as soon as it has one."""
        found = wait_until(lambda: self.addresses(family), seconds, lambda: f'a v{family} address on {self.namespace}\n{self.log()}')
        return found[0]

    def addresses(self, family, scope='global'):
        """Those that a program can use. An IPv6 address is tentative until the kernel comes to it, on a busy machine for a while."""
        links = json.loads(run('ip', '-json', f'-{family}', '-n', self.namespace, 'address', 'show', 'dev', INTERFACE, 'scope', scope))
        return [entry['local'] for link in links for entry in link.get('addr_info', []) if 'local' in entry and not entry.get('tentative')]

    def knows_its_server(self):
        """For what a client sends once: the kernel holds a packet back until it knows the MAC address of the server, and drops it if the
        host loses its own address meanwhile, as after a release. All servers of the lab have the first address of their network."""
        self.run('ping', '-n', '-q', '-c', '1', '-w', SOON, f'{self.address().rpartition(".")[0]}.1')

    def log(self):
        log = self.directory / 'log'
        return log.read_text(errors='backslashreplace') if log.exists() else ''

    def remove(self):
        # Clients start helpers, so ending only the processes that were spawned here is not enough.
        for pid in run('ip', 'netns', 'pids', self.namespace).split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        for process in self.processes:
            process.wait()
        # Its interface goes at once, and not when the kernel comes to clear the namespace away: a dnsmasq does not start if one
        # goes meanwhile.
        subprocess.run(['ip', '-n', self.namespace, 'link', 'delete', INTERFACE], stderr=subprocess.DEVNULL)
        run('ip', 'netns', 'delete', self.namespace)


class Client:
    """A DHCP client program; to make one is to start it. kill() ends it as a power cut would: the lease stays."""

    def __init__(self, host, *command, family=4):
        self.host = host
        self.family = family
        self.process = host.spawn(*command)

    def release(self):
        # A DHCPv4 client does not repeat its release (RFC 2131, 4.4.6). A DHCPv6 client multicasts it, which needs no MAC address.
        if self.family == 4:
            self.host.knows_its_server()
        self.send_release()

    def send_release(self):
        raise NotImplementedError

    def kill(self):
        self.process.kill()
        self.process.wait()


class Udhcpc(Client):
    """name_bytes is sent unchanged as option 12; asking_for is an address to ask for; client_id replaces the MAC address as the client's
    identifier."""

    def __init__(self, host, hostname=None, name_bytes=None, asking_for=None, client_id=None):
        options = []
        if hostname:
            options += ['-x', f'hostname:{hostname}']
        if name_bytes:
            options += ['-x', f'0x0c:{name_bytes.hex()}']
        if asking_for:
            options += ['-r', asking_for]
        if client_id:
            options += ['-x', f'0x3d:{client_id.hex()}']
        self.log_before = len(host.log())
        super().__init__(host, 'udhcpc', '-f', '-i', INTERFACE, '-t', '20', '-T', '1', '-A', '1', *options)

    def renew(self):
        """In a second in which the lease did not begin, or nothing would be different."""
        another_second()
        self.signal_when_bound(signal.SIGUSR1)

    def send_release(self):
        self.signal_when_bound(signal.SIGUSR2)

    def signal_when_bound(self, number):
        """dnsmasq has the lease a moment before the client does. If the signal comes in between, the client starts again or gives up."""
        wait_until(lambda: re.search('lease of .* obtained', self.host.log()[self.log_before:]), SOON,
                   lambda: f'a lease of udhcpc\n{self.host.log()}')
        self.process.send_signal(number)


class Dhclient(Client):
    """Its files are where its AppArmor profile allows them. Debian after 13 has it no more."""

    def __init__(self, host, hostname=None, family=4, options=()):
        if not shutil.which('dhclient'):
            raise unittest.SkipTest('there is no dhclient')
        if family == 6:
            # It binds to the link-local address, which comes some time after the link, and gives up without one.
            wait_until(lambda: host.addresses(6, 'link'), SOON, f'a link-local address on {host.namespace}')
        self.leases = host.directory / f'dhclient-{family}.leases'
        configuration = pathlib.Path(f'/etc/dhcp/dhclient-{host.namespace}-{family}.conf')
        option = 'host-name' if family == 4 else 'fqdn.fqdn'
        lines = [f'send {option} "{hostname}";'] if hostname else []
        configuration.write_text('\n'.join([*lines, 'retry 1;', 'initial-interval 1;', '']))
        self.command = ['dhclient', f'-{family}', '-d', '-cf', configuration,
                        '-lf', f'/var/lib/dhcp/{self.leases.name}',
                        '-pf', f'/run/dhclient-{host.namespace}-{family}.pid', *(['-D', 'LL'] if family == 6 else []), *options]
        super().__init__(host, *self.command, INTERFACE, family=family)

    def send_release(self):
        """A second dhclient ends the first and sends the release."""
        self.host.spawn(*self.command, '-r', INTERFACE)

    def forget(self):
        """Forgets the lease: a DHCPv6 client that remembers its lease confirms it at its next start, and dnsmasq then ignores its name."""
        self.leases.unlink()


class Dhcpcd(Client):
    """The DUID is made from the MAC address: dhcpcd would use the machine's UUID, which all machines of the lab share."""

    def __init__(self, host, hostname=None, family=4):
        (host.directory / 'duid').write_text(f'00:03:00:01:{host.mac}\n')
        configuration = host.directory / 'dhcpcd.conf'
        lines = ['duid', 'ipv6rs', 'noarp', 'ia_na' if family == 6 else 'option rapid_commit']
        if hostname:
            lines += [f'hostname {hostname}', f'fqdn {"both" if family == 6 else "disable"}']
        configuration.write_text('\n'.join([*lines, '']))
        super().__init__(host, 'dhcpcd', f'-{family}', '-B', '-f', configuration, '-c', '/bin/true', INTERFACE, family=family)

    def send_release(self):
        """dhcpcd 9.4.1 drops a signal that comes while it waits for its privileged process, as it does until its addresses are set up."""
        def heard():
            if 'received SIGALRM' in self.host.log()[log_before:]:
                return True
            self.process.send_signal(signal.SIGALRM)
            return False

        log_before = len(self.host.log())
        wait_until(heard, SOON, lambda: f'a release by dhcpcd\n{self.host.log()}')
