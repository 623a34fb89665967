"""How long after an event another program answers the new lease, from a file that `leasectl export --follow` keeps."""

import contextlib
import pathlib
import statistics
import subprocess
import sys
import time

from machine import NETWORK, PROGRAMS, World, address, die_with_this_process, event, name, run

sys.path.append(str(pathlib.Path(__file__).parents[1] / 'integration'))
from consumers import DNSMASQ, unbound  # noqa: E402
from dns_query import DnsServer, NoServer  # noqa: E402

LEASES = 1_000
ROUNDS = 200
PATIENCE = 10


def measure(say):
    """{consumer: {'median': nanoseconds, 'p99': nanoseconds}}, from the start of the helper to the first right answer."""
    results = {}
    for consumer, serve in CONSUMERS.items():
        say(f'from lease to answer, {consumer}')
        world = World(f'consumer-{consumer}', LEASES, libvirt=False)
        directory = world.directory / 'exported'
        directory.mkdir()
        with contextlib.ExitStack() as programs:
            domain = serve(programs, directory)
            server = DnsServer('127.0.0.1')
            waited_for(server, name(0) + domain, address(0))
            times = [appearance(server, domain, LEASES + number, world.expiry) for number in range(ROUNDS)]
        results[consumer] = {'median': statistics.median(times), 'p99': statistics.quantiles(times, n=100)[98]}
    return results


def running(programs, *command):
    process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, preexec_fn=die_with_this_process)
    programs.callback(process.wait)
    programs.callback(process.kill)
    return process


def with_dnsmasq(programs, directory):
    running(programs, PROGRAMS / 'leasectl', 'export', 'hosts', '--follow', '--output', directory / 'hosts')
    running(programs, *DNSMASQ, '--cache-size=10000', f'--hostsdir={directory}')
    return ''


def with_unbound(programs, directory):
    zone = directory / 'leases.zone'
    export = 'export', 'zone', '--origin', NETWORK, '--output', zone
    run(PROGRAMS / 'leasectl', *export)
    server = running(programs, *unbound(directory / 'unbound.conf', NETWORK, zone))
    running(programs, PROGRAMS / 'leasectl', *export, '--follow', '--exec', f'kill -HUP {server.pid}')
    return f'.{NETWORK}'


CONSUMERS = {'dnsmasq, hostsdir': with_dnsmasq, 'unbound, zone and HUP': with_unbound}


def appearance(server, domain, lease, expiry):
    arguments, environment = event('add', lease, expiry)
    start = time.perf_counter_ns()
    run(PROGRAMS / 'leaseshelper', *arguments, env=environment)
    waited_for(server, name(lease) + domain, address(lease))
    return time.perf_counter_ns() - start


def waited_for(server, host, expected):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(NoServer):
            if expected in server.addresses(host):
                return
        time.sleep(0.001)
    raise RuntimeError(f'{host} is not answered within {PATIENCE} s')
