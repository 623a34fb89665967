"""How long after another DHCP server has written a lease its name has an address, for docs/speed.md: the real servers of this machine, and
those of the tree of another release. scripts/test-other-servers calls it with --measure:

    measure_other_servers.py TREE [TEST ...]
"""

import statistics
import subprocess
import sys

import real_other_servers
import test_other_servers
from lab import main
from test_other_servers import OtherServerTest

ROUNDS = 50
# For each name it prints how long after the first write to the file it has an answer, in milliseconds. The kernel dates a write by a clock
# that is up to 4 ms behind.
LOOK = '''
import os, socket, sys, time
def written():
    return os.stat(sys.argv[1]).st_mtime_ns
for name in map(str.strip, sys.stdin):
    before = first = written()
    print('looking', flush=True)
    while True:
        try:
            socket.getaddrinfo(name, None)
            break
        except OSError:
            if first == before:
                first = written()
            time.sleep(0.0005)
    answered = time.time_ns()
    print((answered - (written() if first == before else first)) / 1e6, flush=True)
'''


class Measured:

    def test_from_the_server_s_write_to_the_answer(self):
        server, _ = self.followed()
        # Some servers make their file with the first lease.
        self.machine_of(server, 'first')
        reader = subprocess.Popen([sys.executable, '-c', LOOK, server.lease_file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(reader.wait)
        self.addCleanup(reader.kill)
        found = []
        for number in range(ROUNDS):
            name = f'vm-{number}'
            host = self.host(server, name)
            print(name, file=reader.stdin, flush=True)
            self.assertEqual(reader.stdout.readline(), 'looking\n')
            client = self.client(host, name)
            found.append(float(reader.stdout.readline()))
            client.kill()
        print(f'\n{type(self).__name__} ({self.kind}): median {statistics.median(found):.1f} ms, '
              f'99 of 100 {statistics.quantiles(found, n=100, method="inclusive")[98]:.1f} ms, of {ROUNDS}', flush=True)


class KeaV4(Measured, OtherServerTest):
    kind, server, client = 'kea-leases', test_other_servers.KeaV4.server, test_other_servers.KeaV4.client


class KeaOfTreeV4(Measured, OtherServerTest):
    kind, server, client = 'kea-leases', real_other_servers.KeaV4.server, test_other_servers.KeaV4.client


class DhcpdV4(Measured, OtherServerTest):
    kind, server, client = 'isc-dhcpd-leases', test_other_servers.DhcpdV4.server, test_other_servers.DhcpdV4.client


class NetworkdV4(Measured, OtherServerTest):
    kind, server, client = 'networkd', real_other_servers.NetworkdV4.server, real_other_servers.NetworkdV4.client


if __name__ == '__main__':
    real_other_servers.TREE = sys.argv.pop(1)
    main(real_other_servers.enter)
