"""leasectl check: the commands that have to do with services fix what is wrong, as they are printed, with systemd and without."""

import json
import os
import pathlib
import shutil
import subprocess
import time

import lab
from check import CheckTest
from lab import INDEX, STATE, resolve, run
from network import HELPER
from service_manager import UNITS
from sources import CONFIGURATION
from systemd_test import ALONE, SystemdTest
from waiting import wait_until

DNSMASQ = pathlib.Path('/etc/dnsmasq.conf')
DIRECTORY = pathlib.Path('/etc/dnsmasq.d')
DEFAULTS = pathlib.Path('/etc/default/dnsmasq')
INCUS = pathlib.Path('/var/lib/incus/networks')
RESOLVED = pathlib.Path('/usr/lib/systemd/systemd-resolved')
RESTART = 'systemctl restart dnsmasq'
TOLD = f'dhcp-script={HELPER}\nscript-on-renewal\n'
PLAYED_MOUNTS = '/sys/module', '/sys/kernel/security', '/dev/kmsg'
PLAYED_APPARMOR = """
mount -t tmpfs played /sys/module && mount -t tmpfs played /sys/kernel/security && mount --bind /run/kmsg /dev/kmsg || exit 1
mkdir -p /sys/module/apparmor/parameters /sys/kernel/security/apparmor
echo Y > /sys/module/apparmor/parameters/enabled
touch /sys/kernel/security/apparmor/profiles /sys/kernel/security/apparmor/.load
"""
# As Debian's, where that is not installed.
INIT_SCRIPT = """#!/bin/sh
options='--pidfile /run/dnsmasq.pid --exec /usr/sbin/dnsmasq'
[ "$1" = start ] || start-stop-daemon --stop --oknodo --retry TERM/10/KILL/5 $options
[ "$1" = stop ] || start-stop-daemon --start $options -- --pid-file=/run/dnsmasq.pid
"""


class Booted(SystemdTest):

    def serving(self, directory=''):
        """The configuration of a network, whose dnsmasq has ended. The system's service reads /etc/dnsmasq.conf, and files of a directory
        if that is given as dnsmasq takes it."""
        lan = self.network('lan')
        self.join(lan, 'web')
        lan.stop()
        for path in DIRECTORY, DEFAULTS.parent:
            path.mkdir(exist_ok=True)
        self.addCleanup(shutil.rmtree, DIRECTORY)
        self.addCleanup(DNSMASQ.unlink, missing_ok=True)
        DEFAULTS.write_text(f'CONFIG_DIR={directory}\n')
        self.addCleanup(DEFAULTS.unlink)
        options = f'--conf-dir={directory}' if directory else ''
        self.unit('dnsmasq.service', f'{ALONE}StartLimitIntervalSec=0\n[Service]\nType=exec\nExecStart=/usr/sbin/dnsmasq --keep-in-foreground {options}\n')
        self.systemd.run('systemctl', 'daemon-reload')
        self.addCleanup(self.systemd.run, 'systemctl', 'stop', 'dnsmasq')
        return lan.configuration.read_text()

    def test_a_dnsmasq_that_is_configured_wrongly(self):
        right = self.serving()
        cases = {
            'no dhcp-script': right.replace(f'dhcp-script={HELPER}\n', ''),
            'does not exist': right.replace(HELPER, '/nowhere/script'),
            'names expire while their leases go on': right.replace('script-on-renewal\n', ''),
            'who does not own': right + 'dhcp-scriptuser=nobody\n',
        }
        for text, configured in cases.items():
            with self.subTest(text):
                DNSMASQ.write_text(configured)
                self.systemd.run(*RESTART.split())
                self.is_fixed('dnsmasq', text, RESTART)

    def test_a_dnsmasq_that_does_not_run_or_was_not_restarted(self):
        DNSMASQ.write_text(self.serving())
        self.is_fixed('dnsmasq', 'no dnsmasq serves DHCP', RESTART)
        # A process's start and a file's change are compared in whole seconds.
        soon = time.time() + 5
        os.utime(DNSMASQ, (soon, soon))
        problem, = self.problems_of('dnsmasq')
        self.assertIn('was started before', problem['text'])
        wait_until(lambda: time.time() > soon, lab.SOON, 'that second')
        self.is_fixed('dnsmasq', 'was started before', RESTART)

    def test_a_dnsmasq_that_does_not_run_and_has_no_script_or_a_wrong_one(self):
        right = self.serving(f'{DIRECTORY},*.conf')
        DNSMASQ.write_text(right.replace(TOLD, ''))
        self.is_fixed('dnsmasq', 'no dnsmasq runs the helper, and there is no dhcp-script', f'{DIRECTORY}/nss-leases.conf && {RESTART}')
        self.systemd.run('systemctl', 'stop', 'dnsmasq')
        (DIRECTORY / 'nss-leases.conf').write_text(TOLD.replace(HELPER, '/nowhere/script'))
        self.is_fixed('dnsmasq', '/nowhere/script, does not exist', RESTART)
        self.assertEqual((DIRECTORY / 'nss-leases.conf').read_text(), TOLD)

    def test_a_file_that_dnsmasq_does_not_read(self):
        right = self.serving(f'{DIRECTORY},*.conf')
        DNSMASQ.write_text(right.replace(TOLD, ''))
        for runs in False, True:
            with self.subTest(runs=runs):
                (DIRECTORY / 'leases').write_text(TOLD)
                (DIRECTORY / 'leases.conf').unlink(missing_ok=True)
                self.systemd.run('systemctl', 'restart' if runs else 'stop', 'dnsmasq')
                self.is_fixed('dnsmasq', f'{DIRECTORY}/leases', f'mv {DIRECTORY}/leases {DIRECTORY}/leases.conf && {RESTART}')

    def test_a_dnsmasq_that_is_given_more_leases_than_it_takes(self):
        right = self.serving()
        DNSMASQ.write_text(right + 'leasefile-ro\ndhcp-lease-max=0\n')
        self.is_fixed('dnsmasq', 'it is given 1 leases, and takes 0 (dhcp-lease-max)', RESTART)

    def test_a_dnsmasq_that_is_given_more_leases_than_it_takes_by_default(self):
        DNSMASQ.write_text(self.serving() + 'leasefile-ro\n')
        more = [{'ip-address': f'10.99.{number // 250}.{number % 250 + 1}', 'mac-address': f'52:54:01:00:{number // 250:02x}:{number % 250:02x}',
                 'expiry-time': 4102444800} for number in range(1000)]
        # Those of a network without a known server are given to each.
        (STATE / 'other.status').write_text(json.dumps(more))
        run('leasectl', 'rebuild')
        self.is_fixed('dnsmasq', 'it is given 1001 leases, and takes 1000 (dhcp-lease-max)', f'dhcp-lease-max=3000 >> {DNSMASQ} && {RESTART}')

    def test_rights_that_the_helper_lacks(self):
        DNSMASQ.write_text(self.serving())
        self.systemd.run(*RESTART.split())
        STATE.chmod(0)
        self.is_fixed('helper', f'cannot write in {STATE}: Permission denied', RESTART)
        self.assertEqual(self.problems_of('name', 'web'), [])

    def test_a_denial_of_apparmor(self):
        """The kernel need not have it: what systemd and check know of it is simulated."""
        if not shutil.which('apparmor_parser'):
            self.skipTest('there is no apparmor_parser; install apparmor')
        log = pathlib.Path('/run/kmsg')
        log.touch()
        played = self.systemd.run('sh', '-c', PLAYED_APPARMOR)
        self.assertEqual(played.returncode, 0, played.stderr)
        self.addCleanup(self.systemd.run, 'umount', *PLAYED_MOUNTS)
        self.started('apparmor.service')
        rules = pathlib.Path('/etc/apparmor.d/abstractions/nameservice.d/nss-leases')
        self.addCleanup(rules.write_text, rules.read_text())
        rules.unlink()
        microseconds = int((time.clock_gettime(time.CLOCK_MONOTONIC) - 60) * 1e6)
        log.write_text(f'6,1,{microseconds},-;audit: apparmor="DENIED" operation="open" profile="ping" name="{INDEX}"\n')
        self.is_fixed('apparmor', '1 min ago: apparmor="DENIED"', 'systemctl reload apparmor')

    def test_nscd_in_front(self):
        self.unit('nscd.service.d/alone.conf', ALONE)
        pathlib.Path('/run/nscd').mkdir(exist_ok=True)
        self.systemd.run('systemctl', 'daemon-reload')
        self.started('nscd.service')
        configuration = pathlib.Path('/etc/nscd.conf')
        self.addCleanup(configuration.write_text, configuration.read_text())
        before = self.systemd.run('systemctl', 'show', '--property=MainPID', '--value', 'nscd').stdout
        self.is_fixed('caches', 'answers in place of the module', 'systemctl restart nscd')
        self.assertNotEqual(self.systemd.run('systemctl', 'show', '--property=MainPID', '--value', 'nscd').stdout, before)

    def test_a_hook_of_resolved_that_does_not_listen(self):
        """A program that sleeps plays a systemd-resolved that has hooks, which Debian 12's has not."""
        RESOLVED.unlink(missing_ok=True)
        shutil.copy('/bin/sleep', RESOLVED)
        self.addCleanup(RESOLVED.unlink)
        with RESOLVED.open('ab') as program:
            program.write(b'io.systemd.Resolve.Hook.QueryFilter')
        self.unit('played-resolved.service', f'{ALONE}[Service]\nType=exec\nExecStart={RESOLVED} infinity\n')
        for name in 'leases-resolve.socket', 'leases-resolve.service':
            self.unit(f'{name}.d/alone.conf', ALONE)
        self.systemd.run('systemctl', 'daemon-reload')
        self.started('played-resolved.service')
        self.addCleanup(self.systemd.run, 'systemctl', 'disable', '--now', 'leases-resolve.socket')
        told, = self.findings_of('resolved')
        self.assertEqual(told['severity'], 'unknown')
        _, command = told['text'].split('if they should: ')
        self.assertEqual(self.systemd.run('sh', '-c', command).returncode, 0)
        asked = [{'severity': 'ok', 'topic': 'resolved', 'text': 'systemd-resolved asks leases-resolve, for programs that do not ask NSS'}]
        self.assertEqual(self.findings_of('resolved'), asked)
        self.systemd.run('systemctl', 'stop', 'leases-resolve.socket')
        self.is_fixed('resolved', 'leases-resolve.socket does not listen', 'systemctl restart leases-resolve.socket')
        self.assertEqual(self.findings_of('resolved'), asked)

    def test_the_leases_of_incus(self):
        for name in 'leases-import.path', 'leases-import.service':
            self.unit(f'{name}.d/alone.conf', ALONE)
        self.systemd.run('systemctl', 'daemon-reload')
        directory = INCUS / 'incusbr0'
        directory.mkdir(parents=True)
        self.addCleanup(shutil.rmtree, INCUS.parent)
        network = self.network('incusbr0', is_told=False, lease_file=directory / 'dnsmasq.leases', options=('user=dnsmasq',),
                               beside=self.systemd.process)
        client = self.host(network, 'c1')
        lab.Udhcpc(client, 'c1')
        self.addCleanup(CONFIGURATION.unlink, missing_ok=True)
        self.addCleanup(self.systemd.run, 'systemctl', 'stop', 'leases-import.path', 'leases-import.service')
        self.addCleanup(self.systemd.run, 'systemctl', 'disable', 'leases-import.path')
        self.is_fixed('dnsmasq', f'its lease file, {network.lease_file}, is not imported', 'systemctl enable --now leases-import.path')
        self.assertEqual(self.problems_of('sources'), [])
        self.resolves('c1', client.address(4))
        second = self.host(network, 'c2')
        lab.Udhcpc(second, 'c2')
        self.resolves('c2', second.address(4))


class NotBooted(CheckTest):

    @classmethod
    def setUpClass(cls):
        # By which sd_booted(3), and service(8), know systemd.
        shutil.rmtree(UNITS, ignore_errors=True)

    def test_a_dnsmasq_that_does_not_run_is_started_without_systemd(self):
        script = pathlib.Path('/etc/init.d/dnsmasq')
        if not script.exists():
            script.write_text(INIT_SCRIPT)
            script.chmod(0o755)
            self.addCleanup(script.unlink)
        self.lan.stop()
        DNSMASQ.write_text(self.lan.configuration.read_text())
        self.addCleanup(DNSMASQ.unlink)
        self.addCleanup(subprocess.run, ['service', 'dnsmasq', 'stop'], check=True, capture_output=True)
        self.assertEqual(self.found('dnsmasq', 'no dnsmasq serves DHCP')['remedy'], 'service dnsmasq restart')
        self.fixed('dnsmasq', 'no dnsmasq serves DHCP')
        self.assertEqual(resolve('web'), {self.web})


if __name__ == '__main__':
    lab.main()
