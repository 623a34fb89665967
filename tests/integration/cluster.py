"""A cluster of etcd, and hypervisors that share their leases through it: each has network, mount and UTS namespaces of its own, with a state
and a runtime directory, a configuration, a dnsmasq, an importer and leases-share. One bridge joins them to etcd."""

import base64
import contextlib
import itertools
import json
import os
import pathlib
import shutil
import signal
import subprocess

from network import Network
from program import Program
from sandbox import IPV6_ON, SCRATCH, run
from waiting import HUNG, SOON, wait_until

BACKBONE = 'backbone'
PREFIX = '/nss-leases/v1/'
SHARE = '/usr/libexec/nss-leases/leases-share'
LEASECTL = '/usr/bin/leasectl'
TOKEN = 'test'
TIME_OUT = 5
# The directories are bind mounts in a mount namespace of the hypervisor's own.
FURNISH = '''
mount --make-rprivate /
hostname "$1"
for place in lib/nss-leases:state run/nss-leases:run; do
    mkdir -p "$0/${place##*:}"
done
mkdir -p /var/lib/nss-leases /run/nss-leases
mount --bind "$0/state" /var/lib/nss-leases
mount --bind "$0/run" /run/nss-leases
mount --bind "$0/nss-leases.conf" /etc/nss-leases.conf
mount --bind "$0/hostname" /etc/hostname
touch "$0/ready"
exec sleep infinity
'''


def make_backbone():
    run('ip', 'link', 'add', BACKBONE, 'type', 'bridge', 'mcast_snooping', '0')
    run('ip', 'link', 'set', BACKBONE, 'up')


def everybody(members):
    """As etcd takes its members on a command line."""
    return ','.join(f'{member.name}={member.peer}' for member in members)


class Member:
    """One process of etcd, at an address of its own."""

    def __init__(self, number, options=(), scheme='http'):
        self.name = f'm{number}'
        self.address = f'10.99.0.{10 + number}'
        self.endpoint = f'{scheme}://{self.address}:2379'
        self.peer = f'http://127.0.0.1:{23800 + number}'
        self.directory = SCRATCH / f'etcd-{self.name}'
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True, mode=0o700)
        self.options = options
        self.process = None
        run('ip', 'address', 'replace', f'{self.address}/24', 'dev', BACKBONE)

    def start(self, members):
        with (self.directory / 'log').open('ab') as log:
            self.process = subprocess.Popen(
                ['etcd', '--name', self.name, '--data-dir', self.directory / 'data', '--listen-client-urls', self.endpoint,
                 '--advertise-client-urls', self.endpoint, '--listen-peer-urls', self.peer, '--initial-advertise-peer-urls', self.peer,
                 '--initial-cluster', everybody(members), '--initial-cluster-token', TOKEN, '--heartbeat-interval', '100', '--election-timeout',
                 '1000', *self.options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, 'ETCD_UNSUPPORTED_ARCH': os.uname().machine})
        return self

    def end(self, number=signal.SIGKILL):
        if self.process:
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(number)
            self.process.wait(HUNG)
            self.process = None

    def log(self):
        return (self.directory / 'log').read_text(errors='replace')


class Etcd:
    """The members, which end with the test."""

    def __init__(self, test, count=3, options=(), scheme='http', arguments=()):
        self.arguments = arguments
        self.members = [Member(number, options, scheme) for number in range(1, count + 1)]
        for member in self.members:
            test.addCleanup(member.end)
        self.start()

    def start(self):
        for member in self.members:
            if not member.process:
                member.start(self.members)
        self.answers()

    def answers(self):
        """Waits until it takes a change."""
        wait_until(lambda: self.control('put', '/test', '1', check=False) is not None, HUNG, lambda: f'etcd\n{self.members[0].log()[-3000:]}')

    @property
    def endpoints(self):
        return [member.endpoint for member in self.members]

    def control(self, *arguments, check=True, text=None):
        """etcdctl(1), at the members that run, with a text as its input; None if it fails and may."""
        alive = ','.join(member.endpoint for member in self.members if member.process)
        done = subprocess.run(['etcdctl', '--endpoints', alive, *self.arguments, *[str(word) for word in arguments]], capture_output=True, text=True,
                              input=text, env={**os.environ, 'ETCDCTL_API': '3'})
        if done.returncode:
            if check:
                raise AssertionError(f'etcdctl {arguments}: {done.stdout}{done.stderr}')
            return None
        return done.stdout

    def keys(self, prefix=PREFIX):
        """The keys below a prefix, and their values."""
        found = json.loads(self.control('get', '--prefix', prefix, '--write-out', 'json')).get('kvs', [])
        return {base64.b64decode(entry['key']).decode(): base64.b64decode(entry.get('value', '')).decode() for entry in found}

    def leases(self):
        """Its own: what keys are bound to."""
        return set(self.control('lease', 'list').split('\n')[1:-1])

    def back_up(self):
        """What it has now goes into a file."""
        file = SCRATCH / 'etcd-backup'
        self.control_one(self.members[0], 'snapshot', 'save', str(file))
        return file

    def restore(self, backup):
        """All members stop, and start with what they had then."""
        for member in self.members:
            member.end()
            shutil.rmtree(member.directory / 'data')
            run('env', 'ETCDCTL_API=3', 'etcdctl', 'snapshot', 'restore', backup, '--name', member.name, '--data-dir', member.directory / 'data',
                '--initial-advertise-peer-urls', member.peer, '--initial-cluster', everybody(self.members), '--initial-cluster-token', TOKEN)
        self.start()

    def revision(self):
        return json.loads(self.control('get', '/test', '--write-out', 'json'))['header']['revision']

    def leader(self):
        for member in self.members:
            status = self.control_one(member, 'endpoint', 'status', '--write-out', 'json')
            if status:
                entry = json.loads(status)[0]['Status']
                if entry['leader'] == entry['header']['member_id']:
                    return member
        return None

    def control_one(self, member, *arguments):
        if not member.process:
            return None
        done = subprocess.run(['etcdctl', '--endpoints', member.endpoint, *self.arguments, *arguments], capture_output=True, text=True,
                              env={**os.environ, 'ETCDCTL_API': '3'})
        return done.stdout if done.returncode == 0 else None


class Hypervisor:
    """networks    those that it shares, as globs
    share        further lines of [share]
    skew         how its clock is off, for faketime: +1h
    """

    numbers = itertools.count(1)

    def __init__(self, test, name, etcd, networks=('lab',), share='', skew=None, names='', time_out=TIME_OUT):
        self.test = test
        self.name = name
        self.etcd = etcd
        self.skew = skew
        number = next(Hypervisor.numbers)
        self.address = f'10.99.0.{100 + number}'
        self.outside = f'bb{number}'
        self.directory = SCRATCH / f'hypervisor-{name}-{number}'
        self.directory.mkdir(parents=True)
        (self.directory / 'hostname').write_text(f'{name}\n')
        self.configure(networks, share, time_out, names)
        self.programs = {}
        self.networks = []
        run('ip', 'netns', 'add', name)
        test.addCleanup(self.remove)
        run('ip', 'netns', 'exec', name, 'sh', '-c', IPV6_ON)
        run('ip', 'link', 'add', self.outside, 'type', 'veth', 'peer', 'etcd0', 'netns', name)
        run('ip', 'link', 'set', self.outside, 'master', BACKBONE, 'up')
        run('ip', '-n', name, 'link', 'set', 'lo', 'up')
        run('ip', '-n', name, 'link', 'set', 'etcd0', 'up')
        run('ip', '-n', name, 'address', 'add', f'{self.address}/24', 'dev', 'etcd0')
        self.holder = subprocess.Popen(['ip', 'netns', 'exec', name, 'unshare', '--mount', '--uts', 'sh', '-ec', FURNISH, str(self.directory), name],
                                       stdin=subprocess.DEVNULL)
        wait_until((self.directory / 'ready').exists, HUNG, f'the namespaces of {name}')

    def configure(self, networks=('lab',), share='', time_out=TIME_OUT, names=''):
        listed = ', '.join(f'"{network}"' for network in networks)
        urls = ', '.join(f'"{endpoint}"' for endpoint in self.etcd.endpoints)
        text = f'{names}\n[share]\nendpoints = [{urls}]\nnetworks = [{listed}]\ntime-out = {time_out}\n{share}\n'
        file = self.directory / 'nss-leases.conf'
        # It is a bind mount, so it keeps its place.
        file.write_text(text)

    def inside(self, *command):
        clock = ['env', f'FAKETIME={self.skew}', 'FAKETIME_DONT_FAKE_MONOTONIC=1', 'NO_FAKE_STAT=1',
                 'LD_PRELOAD=' + faketime_library()] if self.skew else []
        return ['nsenter', '--mount', '--net', '--uts', '--target', str(self.holder.pid), *clock, *[str(word) for word in command]]

    def run(self, *command):
        return run(*self.inside(*command))

    def start(self, *names):
        for name in names or ('import', 'share'):
            command = {'import': [LEASECTL, 'import', '--follow'], 'share': [SHARE]}[name]
            with (self.directory / f'{name}.log').open('ab') as log:
                self.programs[name] = subprocess.Popen(self.inside(*command), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        return self

    def end(self, *names, number=signal.SIGTERM):
        """Programs as systemd ends them; without names, all."""
        for name in names or tuple(self.programs):
            process = self.programs.pop(name, None)
            if process:
                process.send_signal(number)
                process.wait(HUNG)

    def processor_time(self, name='share'):
        """What a program has used of the processor, in seconds."""
        # After the name, which is in parentheses: proc(5).
        fields = pathlib.Path(f'/proc/{self.programs[name].pid}/stat').read_text().rpartition(')')[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')

    def log(self, name='share'):
        return (self.directory / f'{name}.log').read_text(errors='replace')

    def network(self, name='lab', **options):
        """A network whose dnsmasq is running here."""
        environment = dict(options.pop('environment', {}))
        if self.skew:
            environment.update(FAKETIME=self.skew, FAKETIME_DONT_FAKE_MONOTONIC='1', NO_FAKE_STAT='1', LD_PRELOAD=faketime_library())
        network = Network(name, namespace=self.name, beside=self.holder.pid, environment=environment, **options)
        network.label = f'{self.name}:{name}'
        self.networks.append(network)
        return network.start()

    def cut(self):
        run('ip', 'link', 'set', self.outside, 'down')

    def heal(self):
        run('ip', 'link', 'set', self.outside, 'up')

    def die(self):
        """As by a power cut: nothing of it says good-bye."""
        self.cut()
        self.end(number=signal.SIGKILL)
        for network in self.networks:
            network.kill()

    def getent(self, *arguments):
        done = subprocess.run(self.inside('getent', *arguments), capture_output=True, text=True)
        if done.returncode not in (0, 2):
            raise AssertionError(f'getent {arguments}: {done.stderr}')
        return [line.split() for line in done.stdout.splitlines()]

    def resolve(self, name):
        return {fields[0] for fields in self.getent('ahosts', name)}

    def watch(self):
        """leasectl watch(1), which tells each name that comes or goes from now on."""
        return Program(self.test, *self.inside(LEASECTL, 'watch', '--json')).asleep()

    def leases(self):
        return json.loads(self.run(LEASECTL, 'list', '--json'))

    def resolves(self, name, *addresses, seconds=SOON):
        wait_until(lambda: self.resolve(name) == set(addresses), seconds,
                   lambda: f'{name} is {addresses} on {self.name}, not {self.resolve(name)}\n{self.log()}')

    def remove(self):
        with contextlib.suppress(OSError):
            self.end(number=signal.SIGKILL)
        for network in self.networks:
            with contextlib.suppress(Exception):
                network.kill()
        self.holder.kill()
        self.holder.wait()
        subprocess.run(['ip', 'link', 'delete', self.outside], stderr=subprocess.DEVNULL)
        run('ip', 'netns', 'delete', self.name)


def faketime_library():
    """The dynamic linker finds the right one for each program."""
    found = sorted(pathlib.Path('/usr/lib').glob('*/faketime/libfaketime.so.1'))
    if not found:
        raise RuntimeError('there is no libfaketime; scripts/install-packages test')
    return str(found[0])
