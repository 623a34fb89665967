"""What a row costs that Kea appends to its lease file: an import by `leasectl`, from its start to its end, in time and in bytes that it reads."""

import os
import re
import shutil
import statistics
import subprocess
import time

from events import timed
from machine import WORLDS, PROGRAMS, address, live_in, mac, name, run

SIZES = 1_000, 100_000
ROUNDS = 40
REPLACEMENTS = 5
COLUMNS = 'address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context\n'
DAY = 86_400


def row(n, text, start):
    return f'{address(n)},{mac(n)},01:{mac(n)},{30 * DAY},{start + 30 * DAY},1,0,0,{text},0,\n'


class KeaWorld:
    """A lease file of Kea's with this many leases, and an index of them."""

    def __init__(self, count):
        self.count = count
        self.directory = WORLDS / f'appended-{count}'
        live_in(self.directory)
        self.file = self.directory / 'kea-leases4.csv'
        self.configuration = self.directory / 'nss-leases.conf'
        self.start = int(time.time())
        self.file.write_text(COLUMNS + ''.join(row(n, name(n), self.start) for n in range(count)))
        self.configuration.write_text(f'[[source]]\nkind = "kea-leases"\npath = "{self.file}"\nnetwork = "lan"\n')
        self.options = ['--config', self.configuration, 'import']
        run(PROGRAMS / 'leasectl', *self.options)

    def append(self, number):
        with self.file.open('a') as file:
            file.write(row(number * 7919 % self.count, f'renamed-{number}', self.start + 60))

    def appended(self, number):
        self.append(number)
        return timed('leasectl', self.options)

    def replaced(self, number):
        """As after the clean-up, when the whole file is another."""
        self.append(number)
        other = self.file.with_suffix('.new')
        shutil.copy(self.file, other)
        os.replace(other, self.file)
        return timed('leasectl', self.options)

    def bytes_read(self, change):
        """Of all files, while one row is imported."""
        self.append(change)
        trace = self.directory / 'trace'
        subprocess.run(['strace', '-f', '-e', 'trace=read,pread64', '-o', trace, PROGRAMS / 'leasectl', *self.options], check=True,
                       stdout=subprocess.DEVNULL)
        return sum(map(int, re.findall(r'= (\d+)$', trace.read_text(), re.M)))


def measure(say):
    """{number of rows: {'appended', 'replaced': medians of wall and processor time in ns, 'bytes': read for one row}}"""
    results = {}
    for size in SIZES:
        say(f'a row more in a file of {size:,}')
        world = KeaWorld(size)
        found = {}
        for what, change, rounds in (world.appended, 'appended', ROUNDS), (world.replaced, 'replaced', REPLACEMENTS):
            times = [what(number) for number in range(rounds)]
            found[change] = dict(zip(('wall', 'cpu'), map(statistics.median, zip(*times))))
        world.appended(ROUNDS)
        results[str(size)] = {**found, 'bytes': world.bytes_read(ROUNDS + 1)}
    return results
