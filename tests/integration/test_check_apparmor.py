"""leasectl check: whether AppArmor lets dnsmasq and programs do what they have to. Its files are simulated: the kernel may not have it."""

import os
import pathlib
import shutil
import time

import lab
import sandbox
from check import CheckTest
from lab import run
from network import HELPER


class CheckApparmor(CheckTest):

    def test_apparmor_keeps_dnsmasq_from_running_the_helper(self):
        for place in '/sys/module', '/sys/kernel/security':
            sandbox.mount('-t', 'tmpfs', 'played', place)
            self.addCleanup(run, 'umount', '--lazy', place)
        enabled = pathlib.Path('/sys/module/apparmor/parameters/enabled')
        profiles = pathlib.Path('/sys/kernel/security/apparmor/profiles')
        rules = pathlib.Path('/etc/apparmor.d/usr.sbin.dnsmasq')
        log = sandbox.SCRATCH / 'kmsg'
        for path in enabled, profiles, rules, rules.parent / 'local/x':
            path.parent.mkdir(parents=True, exist_ok=True)
        self.addCleanup(shutil.rmtree, rules.parent / 'local')
        log.touch()
        sandbox.mount('--bind', log, '/dev/kmsg')
        self.addCleanup(run, 'umount', '/dev/kmsg')
        enabled.write_text('Y\n')
        profiles.write_text('dnsmasq//libvirt_leaseshelper (enforce)\ndnsmasq (complain)\n')
        self.well()
        profiles.write_text('dnsmasq (enforce)\n')
        rules.write_text('profile dnsmasq /usr/sbin/dnsmasq {\n  /usr/lib/libvirt/libvirt_leaseshelper m,\n}\n')
        parser = pathlib.Path('/usr/sbin/apparmor_parser')
        parser.write_text('#!/bin/sh\n')
        parser.chmod(0o755)
        self.addCleanup(parser.unlink)
        self.fixed('apparmor', f'does not let it run {HELPER}')
        (rules.parent / 'local/usr.sbin.dnsmasq').write_text(f'{HELPER} ix,\n/run/nss-leases/* rwk,\n')
        self.found('apparmor', 'does not let it write /var/lib/nss-leases')
        (rules.parent / 'local/usr.sbin.dnsmasq').write_text(f'{HELPER} ix,\n@{{run}}/nss-leases/* rw,\n/var/lib/nss-leases/** rw,\n')
        self.found('apparmor', 'does not let it lock /var/lib/nss-leases/lock')
        (rules.parent / 'local/usr.sbin.dnsmasq').write_text(f'{HELPER} ix,\n@{{run}}/nss-leases/* rw,\n/var/lib/nss-leases/** rwk,\n')
        self.well()
        (rules.parent / 'local/usr.sbin.dnsmasq').write_text('/usr/{lib,lib64}/nss-leases/leaseshelper ix,\n@{PROC}/@{HOME}/{a,b w,\n')
        self.found('apparmor', f'does not let it run {HELPER}')
        (rules.parent / 'local/usr.sbin.dnsmasq').write_text(
            '/usr/{lib/{x86_64-linux-gnu/,},libexec/}nss-leases/{leases-import,leaseshelper} ix,\n/{,var/}run/nss-leases/* rw,\n/var/{lib,cache}/nss-leases/** rwk,\n')
        self.well()
        microseconds = int(time.clock_gettime(time.CLOCK_MONOTONIC) * 1e6)
        denial = 'audit: apparmor="DENIED" operation="open" profile="ping" name="/run/nss-leases/hosts.idx" \x1b[2J'
        # The rule that is installed, as old as its package.
        os.utime(rules.parent / 'abstractions/nameservice.d/nss-leases', (0, 0))
        log.write_text(f'6,1,{microseconds - 60 * 1000000},-;{denial}\n')
        self.well()
        log.write_text(f'6,1,{microseconds + 60 * 1000000},-;{denial}\n')
        self.assertEqual(self.found('apparmor', 'apparmor="DENIED"')['remedy'], 'systemctl reload apparmor')
        shutil.rmtree(rules.parent / 'abstractions')
        log.write_text(f'6,1,{microseconds - 60 * 1000000},-;{denial}\n')
        remedy = self.found('apparmor', '1 min ago: apparmor="DENIED"')['remedy']
        self.assertIn('abstractions/nameservice.d', remedy)
        self.addCleanup(shutil.rmtree, rules.parent / 'abstractions', ignore_errors=True)
        run('sh', '-c', remedy.removesuffix(' && systemctl reload apparmor'))
        self.well()
        shutil.rmtree(rules.parent / 'abstractions')
        log.write_text(f'6,1,{microseconds - 7200 * 1000000},-;{denial}\n')
        self.well()


if __name__ == '__main__':
    lab.main()
