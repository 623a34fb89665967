"""DHCP servers other than dnsmasq, each on a bridge of its own, and what their lease files say, read by other means than ours."""

import datetime
import json
import os
import pathlib
import re
import shutil
import subprocess
import time
import unittest

from network import Network
from waiting import HUNG, wait_until


class OtherServer(Network):
    """program   what has to be installed
    ready     what its log says once it serves"""

    program = ready = ''
    family = 4

    def __init__(self, name, lease=3600, **options):
        if not shutil.which(self.program):
            raise unittest.SkipTest(f'there is no {self.program}')
        super().__init__(name, families=(self.family,), **options)
        self.seconds = lease
        self.configure()

    def configure(self):
        raise NotImplementedError

    def command(self):
        raise NotImplementedError

    def is_on_link(self):
        shown = self.ip('-6', 'address', 'show', 'dev', self.name, 'scope', 'link')
        return 'inet6' in shown and 'tentative' not in shown

    def start(self):
        if self.family == 6:
            # Kea listens at the link-local address, and only if the kernel has finished it.
            wait_until(self.is_on_link, HUNG, f'a link-local address of {self.name}')
        ready = self.log().count(self.ready)
        with self.log_file.open('ab') as log:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env={**os.environ, **self.environment})
        wait_until(lambda: self.log().count(self.ready) > ready or self.process.poll() is not None, HUNG, f'{self.program} on {self.name}')
        if self.process.poll() is not None:
            ended, self.process = self.process, None
            raise RuntimeError(f'{self.program} ended with {ended.returncode}:\n{self.log()}')
        return self

    def leased(self):
        """What the server would go on with after a restart: {address: name} of the leases that have not ended."""
        raise NotImplementedError


class Kea(OtherServer):
    program, ready = 'kea-dhcp4', 'DHCP4_STARTED'

    def __init__(self, name, cleanup=0, **options):
        self.cleanup = cleanup
        super().__init__(name, environment={}, **options)

    def configure(self):
        self.lease_file = self.directory / f'kea-leases{self.family}.csv'
        for variable in 'KEA_PIDFILE_DIR', 'KEA_LOCKFILE_DIR', 'KEA_DHCP_DATA_DIR':
            self.environment[variable] = str(self.directory)
        # Later versions insist on where their files are, and who else may look.
        self.directory.chmod(0o750)
        family = self.family
        pool = f'{self.v4}.100 - {self.v4}.249' if family == 4 else f'{self.v6}:100 - {self.v6}:1ff'
        subnet = f'{self.v4}.0/24' if family == 4 else f'{self.v6}:/64'
        settings = {
            'interfaces-config': {'interfaces': [self.name]},
            'lease-database': {'type': 'memfile', 'name': str(self.lease_file), 'lfc-interval': self.cleanup},
            'expired-leases-processing': {'reclaim-timer-wait-time': 1, 'flush-reclaimed-timer-wait-time': 0},
            'valid-lifetime': self.seconds, 'renew-timer': max(1, self.seconds // 3), 'rebind-timer': max(2, self.seconds // 2),
            f'subnet{family}': [{'id': 1, 'subnet': subnet, 'interface': self.name, 'pools': [{'pool': pool}]}],
            'loggers': [{'name': f'kea-dhcp{family}', 'severity': 'INFO', 'output_options': [{'output': 'stderr'}]},
                        {'name': '*', 'severity': 'INFO', 'output_options': [{'output': 'stderr'}]}]}
        if family == 6:
            # For the server's DUID.
            self.data_directory().mkdir(exist_ok=True)
            settings['preferred-lifetime'] = max(3, self.seconds // 2)
        self.configuration.write_text(json.dumps({f'Dhcp{family}': settings}))

    @staticmethod
    def data_directory():
        return pathlib.Path('/var/lib/kea')

    def command(self):
        return [self.program, '-c', self.configuration]

    def files(self):
        """Those that Kea would read, in that order."""
        beside = [self.lease_file.with_name(self.lease_file.name + ending) for ending in ('.completed', '.2', '.1')]
        return [*(beside[:1] if beside[0].exists() else beside[1:]), self.lease_file]

    def leased(self):
        found = {}
        for file in self.files():
            lines = file.read_text().splitlines() if file.exists() else []
            names = lines[0].split(',') if lines else []
            for line in lines[1:]:
                row = dict(zip(names, line.split(',')))
                if len(line.split(',')) != len(names) or not row['valid_lifetime'].isdigit():
                    continue
                lasts = row['state'] == '0' and row['valid_lifetime'] != '0' and int(row['expire']) > time.time()
                found.pop(row['address'], None)
                if lasts:
                    found[row['address']] = row['hostname'].rstrip('.').partition('.')[0]
        return found


class Kea6(Kea):
    program, ready, family = 'kea-dhcp6', 'DHCP6_STARTED', 6


class Dhcpd(OtherServer):
    program, ready = 'dhcpd', 'Server starting service'

    def __init__(self, name, lines=(), **options):
        self.lines = lines
        super().__init__(name, **options)

    def configure(self):
        self.lease_file = self.directory / 'dhcpd.leases'
        self.lease_file.touch()
        pool, subnet = ((f'range {self.v4}.100 {self.v4}.249;', f'subnet {self.v4}.0 netmask 255.255.255.0') if self.family == 4 else
                        (f'range6 {self.v6}:100 {self.v6}:1ff;', f'subnet6 {self.v6}:/64'))
        self.configuration.write_text('\n'.join([
            'authoritative;', f'default-lease-time {self.seconds};', f'max-lease-time {self.seconds};', *self.lines, f'{subnet} {{ {pool} }}', '']))

    def command(self):
        return ['dhcpd', f'-{self.family}', '-f', '-d', '-cf', self.configuration, '-lf', self.lease_file, '-pf', self.directory / 'pid',
                '-user', 'root', '-group', 'root', self.name]

    def declarations(self):
        return re.findall(r'^lease (\S+) \{\n(.*?)^\}', self.lease_file.read_text(), re.M | re.S)

    def leased(self):
        found = {}
        for address, body in self.declarations():
            if 'binding state' not in body or ' ends ' not in body:
                continue
            ends = datetime.datetime.strptime(re.search(r'^ +ends \d (.*);', body, re.M)[1], '%Y/%m/%d %H:%M:%S')
            name = re.search(r'client-hostname "(.*)";', body)
            found.pop(address, None)
            if re.search(r'^ +binding state active;', body, re.M) and ends.replace(tzinfo=datetime.timezone.utc).timestamp() > time.time():
                found[address] = name[1] if name else ''
        return found


class Dhcpd6(Dhcpd):
    """Its leases have no names unless somebody sees to that."""

    family = 6

    def __init__(self, name, **options):
        # It would not write down what changes while a lease is new.
        lines = ['on commit { set client-name = option fqdn.hostname; }', 'dhcp-cache-threshold 0;']
        super().__init__(name, lines=lines, **options)

    def declarations(self):
        return re.findall(r'^  iaaddr (\S+) \{\n(.*?)^  \}', self.lease_file.read_text(), re.M | re.S)

    def leased(self):
        return {**super().leased(), **{address: re.search(r'set client-name = "(.*)";', body)[1]
                                       for address, body in self.declarations() if address in super(Dhcpd6, self).leased()}}
