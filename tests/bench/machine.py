"""A machine of its own for the benchmarks, and the leases on it.

enter() starts the program once more in mount, network and process namespaces: /run, /var/lib, /var/cache and /etc are in memory
and private, and there is no network but loopback. The kernel takes all of it away, with every process, when the program ends.
"""

import ctypes
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import time

INSIDE = 'NSS_LEASES_BENCH_INSIDE'
WORLDS = pathlib.Path('/var/lib/worlds')
PROGRAMS = pathlib.Path('/run/bench')
NETWORK = 'virbr0'
DAY = 86400

# Where each program looks; live_in() makes links of them.
STATE = pathlib.Path('/var/lib/nss-leases')
RUNTIME = pathlib.Path('/run/nss-leases')
LIBVIRT = pathlib.Path('/var/lib/libvirt/dnsmasq')
HOSTS = pathlib.Path('/etc/hosts.all')

RECORD = '''  {{
    "ip-address": "{address}",
    "mac-address": "{mac}",
    "hostname": "{name}",
    "client-id": "01:{mac}",
    "expiry-time": {expiry},
    "last-change": "{changed}.{n:09}"
  }}'''


def enter(build):
    """Returns inside only: the programs of the build directory are in PROGRAMS."""
    if not os.environ.pop(INSIDE, None):
        os.environ[INSIDE] = '1'
        os.execvp('unshare', ['unshare', '--mount', '--net', '--pid', '--ipc', '--fork', '--kill-child', '--mount-proc',
                              '--propagation', 'private', sys.executable, '-B', *sys.argv])
    os.umask(0o022)
    etc = pathlib.Path('/run/etc')
    run('mount', '-t', 'tmpfs', '-o', 'mode=755', 'run', '/run')
    shutil.copytree('/etc', etc, symlinks=True)
    run('mount', '--bind', etc, '/etc')
    for directory in '/var/lib', '/var/cache':
        run('mount', '-t', 'tmpfs', '-o', 'mode=755', 'private', directory)
    for directory in WORLDS, LIBVIRT.parent, pathlib.Path('/run/nscd'), pathlib.Path('/var/cache/nscd'), PROGRAMS:
        directory.mkdir(parents=True)
    pathlib.Path('/etc/hosts.one').write_text(f'{address(0)} {name(0)}\n')
    pathlib.Path('/etc/resolv.conf').unlink(missing_ok=True)
    pathlib.Path('/etc/resolv.conf').write_text('nameserver 127.0.0.1\n')
    # libvirt's files are for libvirt's programs.
    pathlib.Path('/etc/nss-leases.conf').write_text('libvirt-directory = ""\n')
    run('ip', 'link', 'set', 'lo', 'up')
    # Beside each other, so that none has a shorter path or a faster file system.
    for program in [*(build / 'bin').iterdir(), build / 'lib/libnss_leases.so.2', pathlib.Path('/bin/true'),
                    pathlib.Path('/usr/lib/libvirt/libvirt_leaseshelper')]:
        shutil.copy(program, PROGRAMS)


def run(*command, **options):
    """Standard output of a command that must not fail."""
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise RuntimeError(f'{" ".join(done.args)} ended with {done.returncode}: {done.stdout}{done.stderr}')
    return done.stdout


def name(n):
    return f'ci-runner-{n:06}'


def address(n):
    return '.'.join(map(str, (0x0a000001 + n).to_bytes(4, 'big')))


def mac(n):
    return ':'.join(f'{byte:02x}' for byte in (0x525400000000 + n).to_bytes(6, 'big'))


def event(action, n, expiry, network=NETWORK):
    """Arguments and environment of a call as dnsmasq makes it for lease n."""
    return ([action, mac(n), address(n), name(n)],
            {'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'DNSMASQ_INTERFACE': network, 'DNSMASQ_LEASE_EXPIRES': str(expiry),
             'DNSMASQ_TIME_REMAINING': '3600', 'DNSMASQ_CLIENT_ID': f'01:{mac(n)}'})


def live_in(directory):
    """From now on the places where programs keep their files lead into this directory."""
    for link, part in (STATE, 'state'), (RUNTIME, 'run'), (LIBVIRT, 'libvirt'):
        (directory / part).mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(directory / part)


class World:
    """`count` leases in one network, in the files of every program that is compared; more networks with as many on demand."""

    def __init__(self, label, count, networks=1, libvirt=True):
        self.directory = WORLDS / label
        self.count = count
        self.expiry = int(time.time()) + 30 * DAY
        live_in(self.directory)
        for number in range(networks):
            leases = range(number * count, (number + 1) * count)
            network = f'virbr{number}'
            text = '[\n' + ',\n'.join(map(self.record, leases)) + '\n]\n'
            (self.directory / f'state/{network}.status').write_text(text)
            if libvirt:
                (self.directory / f'libvirt/{network}.status').write_text(text)
                with open(self.directory / 'hosts', 'a') as hosts:
                    hosts.writelines(f'{address(n)} {name(n)}\n' for n in leases)
        self.activate()
        run(PROGRAMS / 'leasectl', 'rebuild')

    def record(self, n):
        return RECORD.format(address=address(n), mac=mac(n), name=name(n), expiry=self.expiry, changed=self.expiry - 60 * DAY, n=n)

    def activate(self):
        """Makes it the world in which programs live that are started from now on."""
        live_in(self.directory)
        if (self.directory / 'hosts').exists():
            shutil.copy(self.directory / 'hosts', HOSTS)

    def change(self, most):
        """Renews leases, spread over all, while the index has room for changes beside its snapshot. Returns how many."""
        for done in range(most):
            with open(self.directory / 'run/hosts.idx', 'rb') as index:
                size, _, _, _, overlay = struct.unpack_from('<5Q', index.read(64), 16)
                index.seek(overlay)
                overlay_size = struct.unpack('<Q', index.read(8))[0] if overlay else 0
            if size - overlay - overlay_size < overlay_size + 4096:
                return done
            arguments, environment = event('old', done * 7919 % self.count, self.expiry + 60)
            run(PROGRAMS / 'leaseshelper', *arguments, env=environment)
        return most


def die_with_this_process():
    """For daemons: preexec_fn of Popen."""
    ctypes.CDLL(None).prctl(1, 9)
