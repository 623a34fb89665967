"""A tour of leases shared through etcd, with real networks and clients; scripts/demo-cluster prepares the machine and starts it.

It stops at the first thing that is wrong.
"""

import contextlib
import pathlib
import sys
import time

import cluster
import sandbox
from client import Host, Udhcpc
from cluster import Etcd, Hypervisor
from demo import DIM, PLAIN, Wrong, check_words, heading
from waiting import BRIEF, SOON, wait_until

TIME_OUT = BRIEF


class Tour(contextlib.ExitStack):
    """What a test has of a test case: functions that are called at the end."""

    def addCleanup(self, function, *arguments):
        self.callback(function, *arguments)


def show(hypervisor, *command, **words):
    """Runs a command on a hypervisor, and checks its output (check_words())."""
    line = ' '.join(command)
    print(f'{DIM}{hypervisor.name}${PLAIN} {line}')
    text = hypervisor.run(*command)
    print(text, end='', flush=True)
    check_words(f'{line} on {hypervisor.name}', text, **words)


def appears(hypervisor, name, address, seconds=SOON):
    wait_until(lambda: hypervisor.resolve(name) == {address}, seconds, lambda: f'{name} is {address} on {hypervisor.name}')


def goes(hypervisor, name):
    wait_until(lambda: not hypervisor.resolve(name), SOON, lambda: f'{name} is gone on {hypervisor.name}')


def guest(tour, hypervisor, name):
    host = Host(hypervisor.lab, name)
    tour.addCleanup(host.remove)
    client = Udhcpc(host, name)
    return client, host.address()


def play(tour):
    pathlib.Path('/etc/nss-leases.conf').touch()
    cluster.make_backbone()
    heading('Three members of etcd, three hypervisors with a dnsmasq each, and a test runner that only reads')
    etcd = Etcd(tour)
    trusts = 'domains = ["lab.example"]\n'
    hypervisors = [Hypervisor(tour, name, etcd, share=trusts, time_out=TIME_OUT).start() for name in ('hv1', 'hv2', 'hv3')]
    for hypervisor in hypervisors:
        hypervisor.lab = hypervisor.network(domain='lab.example')
    runner = Hypervisor(tour, 'runner', etcd, networks=(), share=trusts).start()
    one, other, third = hypervisors
    everybody = (*hypervisors, runner)

    heading('A virtual machine starts on hv1, and has a name everywhere')
    client, address = guest(tour, one, 'web')
    began = time.monotonic()
    for machine in everybody:
        appears(machine, 'web', address)
    print(f'everywhere {1000 * (time.monotonic() - began):.0f} ms after its interface was up')
    show(other, 'getent', 'ahosts', 'web.lab.example', has=[address])
    show(runner, 'getent', 'ahosts', 'web.hv1', has=[address])
    show(runner, 'getent', 'hosts', address, has=['web.lab.example'])
    show(runner, 'leasectl', 'list', has=['hv1:lab', 'web'])
    show(runner, 'leasectl', 'networks', has=['hv1:lab'])

    heading('What etcd has: the record, and the form that CoreDNS serves')
    for key, value in sorted(etcd.keys('/').items()):
        if key != '/test':
            print(f'{key}\n    {value}')

    heading('A member of etcd dies: the leader')
    leader = wait_until(etcd.leader, SOON, 'a leader')
    leader.end()
    _, second = guest(tour, other, 'db')
    for machine in everybody:
        appears(machine, 'db', second)
    show(third, 'getent', 'ahosts', 'db', has=[second])
    etcd.start()

    heading(f'hv2 dies: its names go after its time-out, {TIME_OUT} s here, 30 s by default')
    other.die()
    began = time.monotonic()
    goes(runner, 'db')
    print(f'gone after {time.monotonic() - began:.1f} s')
    show(runner, 'leasectl', 'list', has=['web'], has_not=['db'])

    heading('The machine gives its lease back, and its name goes everywhere')
    client.release()
    for machine in (one, third, runner):
        goes(machine, 'web')
    print('\nThat is all.')


def main():
    sandbox.enter()
    try:
        with Tour() as tour:
            play(tour)
    except Wrong as problem:
        sys.exit(f'\nThis is wrong: {problem}')


if __name__ == '__main__':
    main()
