"""A network of the lab: a bridge, and a dnsmasq on it that calls the helper."""

import contextlib
import itertools
import os
import pathlib
import signal
import subprocess
import unittest

from sandbox import IPV6_ON, SCRATCH, has_ipv6, run
from waiting import HUNG, wait_until

HELPER = '/usr/libexec/nss-leases/leaseshelper'
RECORDER = '''#!/bin/sh
{helper} "$@"
status=$?
echo "$status $*" >> {calls}
exit $status
'''


def children_of(process):
    return [int(child) for child in pathlib.Path(f'/proc/{process}/task/{process}/children').read_text().split()]


def names_below(process):
    """The programs that a process, and those that it started, are running now."""
    names = set()
    with contextlib.suppress(OSError):
        for child in children_of(process):
            names |= names_below(child)
            with contextlib.suppress(OSError):
                names.add(pathlib.Path(f'/proc/{child}/comm').read_text().strip())
    return names


def need_kernel_of(families):
    if 6 in families and not has_ipv6():
        raise unittest.SkipTest('this kernel has no IPv6')


class Network:
    """domain        dnsmasq's domain=
    families       which of DHCPv4 (4) and DHCPv6 (6) is served; a test that needs the latter is skipped under a kernel without IPv6
    lease          the lease time
    leasefile_ro   the helper is the lease database
    script_user    dnsmasq's dhcp-scriptuser=
    environment    added to dnsmasq's environment
    options        further lines of dnsmasq's configuration
    lease_file     where dnsmasq keeps its leases, in a directory that exists
    is_told        whether dnsmasq reports its leases to the helper
    renewals       whether it also reports their renewals, as the README advises
    dns            whether it is a DNS server, too
    namespace      the network namespace that the bridge and dnsmasq are in; there has to be one of this name
    subnet         the third byte of its IPv4 addresses; by default one that no other network has
    contained      dnsmasq is process 1 of its own process namespace, as in a container
    beside         the id of a process in whose process namespace, and mounts, dnsmasq is
    script_depth   how many more scripts there are between the one that records the calls and the helper
    recorded       record the helper's calls, for calls()
    """

    numbers = itertools.count(1)

    def __init__(self, name, *, domain=None, families=(4,), lease='1h', leasefile_ro=False, script_user=None,
                 environment=None, options=(), recorded=False, lease_file=None, is_told=True,
                 renewals=True, dns=False, namespace=None, subnet=None, contained=False,
                 beside=None, script_depth=0):
        need_kernel_of(families)
        number = next(Network.numbers)
        self.name = name
        self.namespace = namespace
        self.contained = contained
        self.beside = beside
        self.script_depth = script_depth
        self.v4 = f'10.77.{subnet or number}'
        self.v6 = f'fd77:{number}:'
        self.environment = dict(environment or {})
        self.directory = SCRATCH / f'{name}-{number}'
        self.directory.mkdir(parents=True)
        self.log_file = self.directory / 'log'
        self.calls_file = self.directory / 'calls'
        self.lease_file = lease_file or self.directory / 'leases'
        self.configuration = self.directory / 'dnsmasq.conf'
        self.process = None
        self._make_bridge()

        lines = [f'interface={name}', 'bind-interfaces', 'except-interface=lo', 'no-ping', 'dhcp-authoritative']
        lines += ['no-resolv'] if dns else ['port=0']
        if 4 in families:
            lines += [f'dhcp-range={self.v4}.100,{self.v4}.249,{lease}']
        if 6 in families:
            lines += [f'dhcp-range={self.v6}:100,{self.v6}:1ff,64,{lease}', 'enable-ra']
        if domain:
            lines += [f'domain={domain}']
        if script_user:
            lines += [f'dhcp-scriptuser={script_user}']
        lines += ['leasefile-ro' if leasefile_ro else f'dhcp-leasefile={self.lease_file}']
        if is_told:
            lines += [f'dhcp-script={self._recorder() if recorded else HELPER}']
            lines += ['script-on-renewal'] if renewals else []
        lines += options
        self.configuration.write_text('\n'.join(lines) + '\n')

    @property
    def known_as(self):
        return self.environment.get('NSS_LEASES_NETWORK', self.name)

    def start(self):
        ready = self.log().count('started, version')
        with self.log_file.open('ab') as log:
            self.process = subprocess.Popen(
                [*self._inside(), *self._container(), 'dnsmasq', f'--conf-file={self.configuration}', '--keep-in-foreground', '--log-facility=-', '--pid-file'],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, **self.environment})
        wait_until(lambda: self.log().count('started, version') > ready or self.process.poll() is not None, HUNG, f'dnsmasq on {self.name}')
        if self.process.poll() is not None:
            raise RuntimeError(f'dnsmasq ended with {self.process.returncode}:\n{self.log()}')
        return self

    def stop(self):
        self._end(signal.SIGTERM)

    def kill(self):
        self._end(signal.SIGKILL)

    def restart(self):
        self.stop()
        self.start()

    def reload(self):
        os.kill(self.dnsmasq(), signal.SIGHUP)

    def log(self):
        return self.log_file.read_text(errors='backslashreplace') if self.log_file.exists() else ''

    def calls(self):
        """The helper's finished calls so far, each as 'exit-status action arguments'."""
        return self.calls_file.read_text().splitlines()

    def is_idle(self):
        """Whether no call of its helper is under way. One can last longer than its name takes to resolve: the lease file is read last."""
        return 'leaseshelper' not in names_below(self.process.pid)

    def ip(self, *arguments):
        """ip(8), where the bridge is."""
        return run(*self._inside(), 'ip', *arguments)

    def rename(self, name):
        """Renames the interface, as udev does at a boot; dnsmasq serves it from its next start on."""
        self.ip('link', 'set', self.name, 'down')
        self.ip('link', 'set', self.name, 'name', name)
        self.configuration.write_text(self.configuration.read_text().replace(f'interface={self.name}\n', f'interface={name}\n', 1))
        self.name = name
        self._bring_up()

    def remove(self):
        self.kill()
        self.ip('link', 'delete', self.name)

    def _end(self, signal_number):
        if self.process:
            os.kill(self.dnsmasq(), signal_number)
            self.process.wait(HUNG)
            self.process = None

    def _make_bridge(self):
        run(*self._inside(), 'sh', '-c', IPV6_ON)
        # Without a MAC address of its own: with one, a bridge that has no port yet has no carrier, and Kea does not listen.
        self.ip('link', 'add', self.name, 'type', 'bridge', 'mcast_snooping', '0')
        self._bring_up()

    def _bring_up(self):
        self.ip('address', 'replace', f'{self.v4}.1/24', 'dev', self.name)
        if has_ipv6():
            self.ip('address', 'replace', f'{self.v6}:1/64', 'dev', self.name, 'nodad')
        self.ip('link', 'set', self.name, 'up')

    def _inside(self):
        return ['ip', 'netns', 'exec', self.namespace] if self.namespace else []

    def _container(self):
        if self.beside:
            return ['nsenter', '--pid', '--mount', '--target', str(self.beside)]
        return ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'] if self.contained else []

    def dnsmasq(self):
        """dnsmasq's process id here. What waits for dnsmasq in a namespace passes no signals on, and ends when dnsmasq does."""
        process = self.process.pid
        if not self.contained and not self.beside:
            return process
        return next(iter(children_of(process)), process)

    def _recorder(self):
        self.calls_file.touch()
        self.calls_file.chmod(0o666)
        script = HELPER
        for number in range(self.script_depth):
            script = self._script(f'script-{number}', f'#!/bin/sh\n{script} "$@"\nexit $?\n')
        return self._script('recorder', RECORDER.format(helper=script, calls=self.calls_file))

    def _script(self, name, text):
        script = self.directory / name
        script.write_text(text)
        script.chmod(0o755)
        return script
