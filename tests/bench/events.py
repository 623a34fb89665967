"""What one event costs: whole processes, started as dnsmasq starts its script."""

import os
import random
import statistics
import subprocess
import time

from machine import PROGRAMS, WORLDS, World, event, name, run

SIZES = 10, 1_000, 10_000, 65_000
ROUNDS = 150
NETWORKS = 300
LEASES_EACH = 250
NOTHING = os.open('/dev/null', os.O_RDWR)
QUIET = [(os.POSIX_SPAWN_DUP2, NOTHING, 0), (os.POSIX_SPAWN_DUP2, NOTHING, 1)]


def timed(program, arguments=(), environment=None):
    """Nanoseconds from before the start of a program until it has ended, and those in which it really ran."""
    path = str(PROGRAMS / program)
    argv = [path, *map(str, arguments)]
    start = time.perf_counter_ns()
    pid = os.posix_spawn(path, argv, environment or {}, file_actions=QUIET)
    _, status, usage = os.wait4(pid, 0)
    elapsed = time.perf_counter_ns() - start
    if status != 0:
        raise RuntimeError(f'{" ".join(argv)} ended with {os.waitstatus_to_exitcode(status)}')
    return elapsed, (usage.ru_utime + usage.ru_stime) * 1e9


def interleaved(candidates, rounds):
    """Runs all candidates in turn: {label: (call, every)}, where call(round) gives what timed() does and is made in each
    `every`th round. Returns the medians, {label: {'wall': nanoseconds, 'cpu': nanoseconds}}."""
    times = {label: [] for label in candidates}
    for number in range(rounds):
        for label, (call, every) in candidates.items():
            if number % every == 0:
                times[label].append(call(number))
    return {label: dict(zip(('wall', 'cpu'), map(statistics.median, zip(*found)))) for label, found in times.items()}


def single(say):
    """{number of leases: {program: medians}}"""
    results = {}
    for size in SIZES:
        say(f'events, {size:,} leases')
        world = World(f'events-{size}', size)
        status = world.directory / 'copied'
        status.write_bytes((world.directory / 'state/virbr0.status').read_bytes())
        # The writer of the world rewrote nothing, so that the first event finds things as after any other.
        world.change(1)
        lease = random.Random(size)

        def unchanged(_):
            return timed('leaseshelper', *event('old', size - 1, world.expiry))

        def changed(number, program='leaseshelper'):
            return timed(program, *event('old', lease.randrange(size - 1), world.expiry + 100 + number))

        results[str(size)] = interleaved({
            'true': (lambda _: timed('true'), 1),
            'unchanged': (unchanged, 1),
            'changed': (changed, 1),
            'copy_and_rename': (lambda _: timed('copy_and_rename', [status]), 1),
            'libvirt_leaseshelper': (lambda number: changed(number, 'libvirt_leaseshelper'), 20 if size == SIZES[-1] else 5),
        }, ROUNDS)
    return results


def many_networks(say):
    """The same event in a network by itself and among 299 others: {'alone': medians, 'among others': medians}."""
    say(f'events, {NETWORKS} networks')
    worlds = {'alone': World('alone', LEASES_EACH, libvirt=False),
              'among others': World('among-others', LEASES_EACH, networks=NETWORKS, libvirt=False)}
    lease = random.Random(NETWORKS)

    def changed(world):
        def call(number):
            world.activate()
            return timed('leaseshelper', *event('old', lease.randrange(LEASES_EACH), world.expiry + 100 + number))
        return call, 1

    return interleaved({label: changed(world) for label, world in worlds.items()}, ROUNDS)


def bulk(say):
    """leasectl with a million leases: leases and names a second, and the memory of a rebuild in bytes."""
    say('rebuild and resolve, 1,000,000 leases')
    count = 1_000_000
    World('bulk', count, libvirt=False)
    seconds, memory = [], 0
    for _ in range(3):
        start = time.perf_counter()
        pid = os.posix_spawn(str(PROGRAMS / 'leasectl'), ['leasectl', 'rebuild'], os.environ, file_actions=QUIET)
        _, status, usage = os.wait4(pid, 0)
        seconds.append(time.perf_counter() - start)
        if status != 0:
            raise RuntimeError('leasectl rebuild failed')
        memory = max(memory, usage.ru_maxrss * 1024)
    results = {'rebuilt, leases/s': count / statistics.median(seconds), 'rebuild, bytes': memory}

    if 'resolve' not in run(PROGRAMS / 'leasectl', '--help'):
        say('this leasectl has no verb resolve: left out')
        return results
    asked = WORLDS / 'asked'
    generator = random.Random(count)
    with open(asked, 'w') as file:
        file.writelines(f'{name(generator.randrange(count))}\n' for _ in range(count))
    seconds.clear()
    for _ in range(3):
        with open(asked) as file:
            start = time.perf_counter()
            subprocess.run([PROGRAMS / 'leasectl', 'resolve'], stdin=file, stdout=subprocess.DEVNULL, check=True)
            seconds.append(time.perf_counter() - start)
    return {**results, 'resolved, names/s': count / statistics.median(seconds)}
