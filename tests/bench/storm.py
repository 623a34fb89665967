"""A storm of new clients: how much slower is a real dnsmasq with the helper as its script?

dnsmasq runs with port=0 and leasefile-ro, so that neither DNS nor a lease file of its own slows it down.
"""

import contextlib
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import time

from machine import PROGRAMS, WORLDS, die_with_this_process, live_in, run

CLIENTS = 2_000
AT_ONCE = 8
ROUNDS = 3
SCRIPTS = 'true', 'leaseshelper'
PLACE = 'storm'


def measure(say):
    """{script: {'leases/s': until the last client has its lease, 'events/s': until the last script has ended}}"""
    say(f'storm, {CLIENTS:,} new leases')
    times = {script: [] for script in SCRIPTS}
    with network():
        for _ in range(ROUNDS):
            for script in SCRIPTS:
                times[script].append(storm(script))
    return {script: {'leases/s': CLIENTS / statistics.median(leased for leased, _ in found),
                     'events/s': CLIENTS / statistics.median(ended for _, ended in found)}
            for script, found in times.items()}


@contextlib.contextmanager
def network():
    run('ip', 'netns', 'add', PLACE)
    run('ip', 'link', 'add', 'lan', 'type', 'veth', 'peer', 'eth0', 'netns', PLACE)
    run('ip', 'address', 'add', '10.77.0.1/19', 'dev', 'lan')
    run('ip', 'link', 'set', 'lan', 'up')
    run('ip', '-n', PLACE, 'link', 'set', 'eth0', 'up')
    try:
        yield
    finally:
        run('ip', 'netns', 'delete', PLACE)


def storm(script):
    """Seconds until the last client has its lease, and until the last script has ended."""
    shutil.rmtree(WORLDS / PLACE, ignore_errors=True)
    live_in(WORLDS / PLACE)
    server = subprocess.Popen(
        ['dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--log-facility=/dev/null', '--pid-file', '--user=root',
         '--port=0', '--interface=lan', '--bind-interfaces', '--no-ping', '--dhcp-authoritative', '--quiet-dhcp',
         '--dhcp-range=10.77.1.0,10.77.30.255,12h', f'--dhcp-lease-max={2 * CLIENTS}', '--leasefile-ro',
         f'--dhcp-script={PROGRAMS / script}'],
        stdin=subprocess.DEVNULL, preexec_fn=die_with_this_process)
    try:
        time.sleep(0.5)
        start = time.monotonic()
        clients = pathlib.Path(__file__).with_name('dhcp_clients.py')
        leased = float(run('ip', 'netns', 'exec', PLACE, sys.executable, '-B', clients, 'eth0', CLIENTS, AT_ONCE))
        server.send_signal(signal.SIGTERM)
        server.wait(60)
        wait_for_orphans()
        return leased, time.monotonic() - start
    finally:
        server.kill()


def wait_for_orphans():
    """dnsmasq leaves the scripts that are still due to a child, which this process adopts when dnsmasq ends."""
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
