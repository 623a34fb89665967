"""Months of a CI lab: leases come, are renewed, move, expire and go in fifty networks, while a process looks names up all the time. Memory,
files, descriptors and the index stay as they were after the first part of it, and in the end every answer is right."""

import os
import random
import subprocess
import sys
import time

import lab
from lab import INDEX, RUNTIME, STATE
from network import HELPER
from sandbox import SOAK

EVENTS = 1_000_000 if SOAK else 3_000
NETWORKS = 50
MACHINES = 1_000
# Looks up one name after the other, and says between lines of its input how much it holds.
READER = r'''
import os, re, select, socket, sys, time
machine = 0
while True:
    machine += 1
    time.sleep(0.001)
    try:
        socket.gethostbyname(f'vm{machine % MACHINES}')
    except OSError:
        pass
    if select.select([sys.stdin], [], [], 0)[0]:
        if not sys.stdin.readline():
            break
        status = open('/proc/self/status').read()
        print(re.search(r'VmRSS:\s+(\d+)', status)[1], len(os.listdir('/proc/self/fd')), open('/proc/self/maps').read().count('hosts.idx'), flush=True)
'''


class Lab:
    """The leases that a server would hold: of each machine its network, its address and when it ends."""

    def __init__(self):
        self.leases = {}
        self.random = random.Random(7)

    def call(self, action, machine, network, number, expiry):
        environment = {'DNSMASQ_INTERFACE': f'job{network}', 'DNSMASQ_LEASE_EXPIRES': str(expiry)}
        hardware = f'52:54:00:00:{machine >> 8:02x}:{machine & 255:02x}'
        helper = os.posix_spawn(HELPER, [str(HELPER), action, hardware, f'10.{network}.{number >> 8}.{number & 255}', f'vm{machine}'], environment)
        assert os.waitpid(helper, 0)[1] == 0

    def step(self):
        now = int(time.time())
        machine = self.random.randrange(MACHINES)
        known = self.leases.get(machine)
        if known and (known[2] <= now or self.random.random() < 0.3):
            del self.leases[machine]
            return self.call('del', machine, *known)
        if known and self.random.random() < 0.5:
            lease = (*known[:2], now + 3600)
            self.leases[machine] = lease
            return self.call('old', machine, *lease)
        if known:
            self.call('del', machine, *known)
        lease = self.random.randrange(NETWORKS), machine + 2, now + self.random.choice((1, 600, 3600))
        self.leases[machine] = lease
        return self.call('add', machine, *lease)

    def live(self):
        now = time.time()
        return {f'vm{machine}': f'10.{network}.{number >> 8}.{number & 255}' for machine, (network, number, expiry) in self.leases.items() if expiry > now + lab.SOON}


class Churn(lab.LabTest):

    def held(self, reader):
        """What the reader holds, and what is in the directories: KiB of memory, descriptors, mappings, files, bytes of the index."""
        reader.stdin.write('\n')
        reader.stdin.flush()
        memory, descriptors, mappings = map(int, reader.stdout.readline().split())
        files = [path for directory in (STATE, RUNTIME) for path in directory.iterdir()]
        return {'memory': memory, 'descriptors': descriptors, 'mappings': mappings, 'files': len(files), 'index': INDEX.stat().st_size}

    def test_nothing_grows_and_every_answer_is_right(self):
        machines = Lab()
        reader = subprocess.Popen([sys.executable, '-c', f'MACHINES = {MACHINES}\n{READER}'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(reader.communicate)
        for _ in range(EVENTS // 3):
            machines.step()
        before = self.held(reader)
        for _ in range(EVENTS * 2 // 3):
            machines.step()
        after = self.held(reader)
        print(f'{EVENTS} events: {before} then {after}', file=sys.stderr)
        self.assertEqual((after['descriptors'], after['files']), (before['descriptors'], before['files']))
        self.assertLessEqual(after['mappings'], 2)
        # The number of leases goes up and down.
        self.assertLess(after['index'], 2 * before['index'])
        self.assertLess(after['memory'], before['memory'] + 2 * after['index'] / 1024 + 1024)
        for name, address in random.sample(sorted(machines.live().items()), 100):
            self.assertEqual(lab.resolve(name), {address})


if __name__ == '__main__':
    lab.main()
