"""Lookups in a process that goes on: lookup_bench, in a world of each size."""

import contextlib
import json
import os
import pathlib
import subprocess
import time

from machine import HOSTS, PROGRAMS, World, die_with_this_process, name

SIZES = 10, 1_000, 10_000, 65_000, 1_000_000
MOST_FOR_OTHERS = 65_000
CHANGES = 300
MODULE = PROGRAMS / 'libnss_leases.so.2'

NSCD_CONF = '''server-user root
threads 2
enable-cache hosts yes
positive-time-to-live hosts 86400
negative-time-to-live hosts 60
suggested-size hosts {buckets}
max-db-size hosts 1073741824
check-files hosts no
persistent hosts no
shared hosts yes
'''


def measure(say):
    """{size: {group: {benchmark: nanoseconds}}}; with threads, those that a call takes on its processor"""
    results = {}
    for size in SIZES:
        say(f'lookups, {size:,} leases')
        world = World(f'lookups-{size}', size, libvirt=size <= MOST_FOR_OTHERS)
        found = results[str(size)] = {'module': lookup_bench(size, 'module')}
        with name_server() if size <= MOST_FOR_OTHERS else contextlib.nullcontext():
            found['getaddrinfo'] = lookup_bench(size, 'getaddrinfo')
        if size <= MOST_FOR_OTHERS:
            with nscd(size):
                found['nscd'] = lookup_bench(size, 'nscd')
        found['changes'] = world.change(CHANGES)
        found['changed'] = lookup_bench(size, 'module', '--benchmark_filter=prefix|leases/(hit|miss|reverse)')
    return results


def lookup_bench(size, group, *options):
    done = subprocess.run(
        [PROGRAMS / 'lookup_bench', str(size), group, '--benchmark_format=json', '--benchmark_min_time=0.05',
         '--benchmark_repetitions=7', '--benchmark_enable_random_interleaving', '--benchmark_report_aggregates_only', *options],
        stdout=subprocess.PIPE, env=with_module(NSS_LEASES_MODULE=str(MODULE)), check=True)
    medians = {}
    for run in json.loads(done.stdout)['benchmarks']:
        if run.get('error_occurred'):
            raise RuntimeError(f'{run["name"]}: {run["error_message"]}')
        if run.get('aggregate_name') == 'median':
            # A busy machine disturbs this process's own time least; but some lookups wait for another process's answer.
            waits = run['name'].startswith(('dns/', 'nscd/'))
            label = f'{run["threads"]} threads' if '/threads:' in run['name'] else run['run_name']
            medians[label] = run['real_time' if waits else 'cpu_time']
    return medians


def with_module(**more):
    """Only for programs that load it through glibc: a further directory of libraries makes the start of others slower."""
    return {**os.environ, 'LD_LIBRARY_PATH': str(PROGRAMS), **more}


@contextlib.contextmanager
def name_server():
    yield from daemon('dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--log-facility=/dev/null', '--pid-file',
                      '--user=root', '--no-resolv', '--no-hosts', f'--addn-hosts={HOSTS}', '--listen-address=127.0.0.1',
                      '--bind-interfaces')


@contextlib.contextmanager
def nscd(size):
    pathlib.Path('/etc/nscd.conf').write_text(NSCD_CONF.format(buckets=max(size, 10_000) | 1))
    pathlib.Path('/etc/nsswitch.conf').write_text('hosts: leases\n')
    yield from daemon('nscd', '--foreground', env=with_module())


def daemon(*command, env=None):
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               env=env, preexec_fn=die_with_this_process)
    try:
        time.sleep(1)
        if process.poll() is not None:
            raise RuntimeError(f'{" ".join(command)} ended with {process.returncode}')
        yield process
    finally:
        process.kill()
        process.wait()


def first(say):
    """What the first lookup of a process takes, loading the module included: {what: nanoseconds}."""
    say('first lookups')
    worlds = {size: World(f'first-{size}', size, libvirt=size == 3) for size in (3, *SIZES)}
    candidates = {f'leases, {size} leases': (worlds[size], 'leases', MODULE) for size in worlds}
    candidates['libvirt, 3 leases'] = (worlds[3], 'libvirt', 'libnss_libvirt.so.2')
    times = {label: [] for label in candidates}
    for _ in range(100):
        for label, (world, service, file) in candidates.items():
            world.activate()
            asked = name(world.count // 2)
            done = subprocess.run([PROGRAMS / 'first_lookup', service, file, asked], stdout=subprocess.PIPE, check=True)
            times[label].append(int(done.stdout))
    return {label: sorted(found)[len(found) // 2] for label, found in times.items()}
