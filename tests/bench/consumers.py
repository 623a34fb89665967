"""How long after an event another program answers the new lease, from a file that `leasectl export --follow` keeps."""

import contextlib
import pathlib
import statistics
import subprocess
import sys
import time

from machine import NETWORK, PROGRAMS, World, address, die_with_this_process, event, name, run

sys.path.append(str(pathlib.Path(__file__).parents[1] / 'integration'))
from dns_query import DnsServer, NoServer  # noqa: E402

LEASES = 1_000
ROUNDS = 200
PATIENCE = 10
DNSMASQ = ['dnsmasq', '--keep-in-foreground', '--log-facility=/dev/null', '--pid-file', '--user=root', '--conf-file=/dev/null',
           '--no-resolv', '--no-hosts', '--listen-address=127.0.0.1', '--bind-interfaces', '--cache-size=10000', '--hostsdir={directory}']
UNBOUND = '''
server:
  interface: 127.0.0.1
  directory: "{directory}"
  username: ""
  chroot: ""
  pidfile: ""
  use-syslog: no
auth-zone:
  name: {network}
  zonefile: "{file}"
'''


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
    running(programs, *(word.format(directory=directory) for word in DNSMASQ))
    return ''


def with_unbound(programs, directory):
    zone, configuration = directory / 'leases.zone', directory / 'unbound.conf'
    export = 'export', 'zone', '--origin', NETWORK, '--output', zone
    run(PROGRAMS / 'leasectl', *export)
    configuration.write_text(UNBOUND.format(network=NETWORK, directory=directory, file=zone))
    unbound = running(programs, 'unbound', '-d', '-c', configuration)
    running(programs, PROGRAMS / 'leasectl', *export, '--follow', '--exec', f'kill -HUP {unbound.pid}')
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
