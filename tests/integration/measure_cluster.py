"""Timings of leases shared through etcd, for docs/cluster.md. scripts/bench-cluster calls it:

    measure_cluster.py [latency] [fill LEASES] [restart LEASES] [fan-out READERS]
"""

import base64
import contextlib
import json
import pathlib
import subprocess
import sys
import threading
import time
import urllib.request

import cluster
import sandbox
from client import Host, Udhcpc
from cluster import Etcd, Hypervisor
from demo_cluster import Tour
from waiting import wait_until

CLIENTS = 200
LONG = 600
# Prints the time, by the clock that all processes share, at which a name first has an answer.
LOOK = '''
import socket, sys, time
for name in sys.argv[1:]:
    while True:
        try:
            socket.getaddrinfo(name, None)
            break
        except OSError:
            time.sleep(0.0005)
    print(name, time.monotonic(), flush=True)
'''
# One lease after the other, each with the time of its ACK.
ASK = '''
import sys, time
sys.path.insert(0, sys.argv[1])
import burst
stdout = sys.stdout
class Stamped:
    def write(self, text):
        stdout.write(text.replace('\\n', f' {time.monotonic()}\\n'))
    def flush(self):
        stdout.flush()
sys.stdout = Stamped()
sys.exit(burst.main('eth0', 1, sys.argv[2]))
'''
HERE = pathlib.Path(__file__).parent


def resident(process):
    """In MiB, the process with its children."""
    pages = 0
    for line in pathlib.Path(f'/proc/{process}/status').read_text().splitlines():
        if line.startswith('VmRSS:'):
            pages = int(line.split()[1])
    return pages / 1024


def latency():
    with Tour() as tour:
        etcd = furnish(tour)
        one = Hypervisor(tour, 'hv1', etcd, time_out=30).start()
        other = Hypervisor(tour, 'hv2', etcd, time_out=30).start()
        one.lab = one.network()
        host = Host(one.lab, 'clients')
        tour.addCleanup(host.remove)
        # burst.py numbers clients from 0, by MAC address; another prefix is the same client under another name.
        times = []
        for number in range(CLIENTS):
            name = f'n{number}-0'
            with subprocess.Popen(other.inside(sys.executable, '-c', LOOK, name), stdout=subprocess.PIPE, text=True) as looks:
                time.sleep(0.1)
                asked = host.run(sys.executable, '-c', ASK, HERE, f'n{number}-')
                seen = float(looks.stdout.readline().split()[1])
            times.append(1000 * (seen - float(asked.split()[2])))
        times.sort()
        print(f'from DHCP ACK to getaddrinfo on another host, {CLIENTS} times: p50 {times[CLIENTS // 2]:.0f} ms, '
              f'p99 {times[CLIENTS * 99 // 100]:.0f} ms, longest {times[-1]:.0f} ms')


def furnish(tour, count=3):
    pathlib.Path('/etc/nss-leases.conf').touch()
    cluster.make_backbone()
    tour.addCleanup(subprocess.run, ['ip', 'link', 'delete', cluster.BACKBONE])
    return Etcd(tour, count)


def write_leases(hypervisor, count, round_=1):
    """A network's status file of this many leases."""
    end = int(time.time()) + 100_000
    records = [f'  {{\n    "ip-address": "10.{64 + (n >> 16)}.{n >> 8 & 255}.{n & 255}",\n    "mac-address": "52:54:{n >> 24:02x}:{n >> 16 & 255:02x}:'
               f'{n >> 8 & 255:02x}:{n & 255:02x}",\n    "hostname": "vm-{n}",\n    "client-id": "01:52:54:00:00:{n >> 8 & 255:02x}:{n & 255:02x}",\n'
               f'    "expiry-time": {end + round_},\n    "domain": "lab.example",\n    "last-change": "{1_700_000_000 + round_}.{n:09}"\n  }}'
               for n in range(count)]
    place = hypervisor.directory / 'state' / 'lab.status'
    place.with_suffix('.new').write_text('[\n' + ',\n'.join(records) + '\n]\n')
    place.with_suffix('.new').rename(place)
    hypervisor.run(cluster.LEASECTL, 'rebuild')


def count_of(etcd):
    """Of the keys, which this etcdctl cannot count."""
    question = {'key': base64.b64encode(cluster.PREFIX.encode()).decode(), 'range_end': base64.b64encode(b'/nss-leases/v10').decode(), 'count_only': True}
    with urllib.request.urlopen(f'{etcd.endpoints[0]}/v3/kv/range', json.dumps(question).encode()) as answer:
        return int(json.load(answer).get('count', 0))


def expiries(hypervisor):
    return {lease['expiry-time'] for lease in hypervisor.leases()}


def fill(count):
    with Tour() as tour:
        etcd = furnish(tour)
        one, other = (Hypervisor(tour, name, etcd, time_out=30, networks=networks, share='domains = ["lab.example"]').start()
                      for name, networks in (('hv1', ('lab',)), ('hv2', ())))
        for round_, what in enumerate(('filled', 'renewed'), 1):
            began = time.monotonic()
            write_leases(one, count, round_)
            indexed = time.monotonic()
            if round_ == 1:
                wait_until(lambda: count_of(etcd) == count + 1, LONG, lambda: f'{count} keys, not {count_of(etcd)}')
                print(f'{count:,} leases: in etcd {time.monotonic() - indexed:.1f} s after the index ({count / (time.monotonic() - indexed):,.0f} leases/s)')
            newest = max(expiries(one))
            wait_until(lambda: expiries(other) == {newest} and len(other.leases()) == count, LONG, 'the leases elsewhere')
            print(f'{count:,} leases {what}: elsewhere after {time.monotonic() - indexed:.1f} s (the index here took {indexed - began:.1f} s)')
        size = etcd.control('endpoint', 'status', '--write-out', 'table')
        print(size)
        for member in etcd.members:
            print(f'etcd {member.name}: {resident(member.process.pid):.0f} MiB')
        for hypervisor in one, other:
            print(f'leases-share on {hypervisor.name}: {resident(hypervisor.programs["share"].pid):.0f} MiB')
        etcd.control('compact', etcd.revision())
        etcd.control('defrag')
        print(etcd.control('endpoint', 'status', '--write-out', 'table'))


def restart(count):
    """The service of a host is restarted. leasectl watch tells elsewhere which names go. The time-out is less than it takes."""
    with Tour() as tour:
        etcd = furnish(tour)
        one, other = (Hypervisor(tour, name, etcd, time_out=10, networks=networks, share='domains = ["lab.example"]').start()
                      for name, networks in (('hv1', ('lab', 'late')), ('hv2', ())))
        write_leases(one, count)
        wait_until(lambda: len(other.leases()) == count, LONG, 'the leases elsewhere')
        watch, before = other.watch(), etcd.leases()
        one.end('share')
        began = time.monotonic()
        one.start('share')
        # What the last run published goes with its lease of etcd's, when everything is published again.
        wait_until(lambda: etcd.leases().isdisjoint(before), LONG, one.log)
        print(f'{count:,} leases, the service restarted: all published again after {time.monotonic() - began:.1f} s', flush=True)
        # In a network of its own: dnsmasq ends the leases that it does not know.
        host = Host(one.network('late'), 'client')
        tour.addCleanup(host.remove)
        Udhcpc(host, 'new')
        wait_until(lambda: 'new' in watch.out.read_text(), LONG, 'a new name elsewhere')
        gone = sum(line['change'] != 'added' for line in map(json.loads, watch.lines()))
        print(f'names that went elsewhere: {gone}')
        if gone or len(other.leases()) < count:
            sys.exit('names were lost')


def fan_out(readers, count=5000):
    """Watches that only count, beside each other."""
    with Tour() as tour:
        etcd = furnish(tour)
        one = Hypervisor(tour, 'hv1', etcd, time_out=30, share='domains = ["lab.example"]').start()
        seen = [0] * readers
        processes = [subprocess.Popen(['etcdctl', '--endpoints', etcd.members[number % 3].endpoint, 'watch', '--prefix', cluster.PREFIX, '--write-out', 'simple'],
                                      stdout=subprocess.PIPE, env={'ETCDCTL_API': '3', 'PATH': '/usr/bin'}) for number in range(readers)]

        def follow(number):
            for line in processes[number].stdout:
                seen[number] += line == b'PUT\n'

        for number in range(readers):
            threading.Thread(target=follow, args=(number,), daemon=True).start()
        time.sleep(2)
        write_leases(one, count)
        began = time.monotonic()
        wait_until(lambda: min(seen) >= count, LONG, lambda: f'all events; the least is {min(seen)}')
        took = time.monotonic() - began
        print(f'{count:,} leases to {readers} watches: {took:.1f} s, {count * readers / took:,.0f} events/s')
        for process in processes:
            process.kill()
            process.wait()


def main():
    sandbox.enter()
    words = sys.argv[1:] or ['latency', 'fill', '20000', 'fill', '100000', 'restart', '60000', 'fan-out', '30']
    while words:
        word = words.pop(0)
        with contextlib.suppress(KeyboardInterrupt):
            {'latency': latency, 'fill': fill, 'restart': restart, 'fan-out': fan_out}[word](*([int(words.pop(0))] if word != 'latency' else []))


if __name__ == '__main__':
    main()
