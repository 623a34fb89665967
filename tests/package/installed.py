"""A machine that a package was installed on: where its files are, a lease to try it with, and a dnsmasq for that."""

import os
import pathlib
import subprocess
import sys
import time
import unittest

from requirements import ROOT

sys.path.insert(0, str(ROOT / 'tests/integration'))
import sandbox  # noqa: E402
from sandbox import run  # noqa: E402
from waiting import SOON, wait_until  # noqa: E402

NSSWITCH = pathlib.Path('/etc/nsswitch.conf')
CONFIGURATION = pathlib.Path('/etc/nss-leases.conf')
STATE = pathlib.Path('/var/lib/nss-leases')
HELPER = pathlib.Path('/usr/libexec/nss-leases/leaseshelper')
BEFORE_REMOVAL = HELPER.with_name('before-removal')
PROFILE = pathlib.Path('/etc/apparmor.d/usr.sbin.dnsmasq')
RULES = PROFILE.parent / 'local' / PROFILE.name
DNSMASQ = ('dnsmasq', '--keep-in-foreground', '--log-facility=-', '--pid-file', '--port=0', '--user=root', '--interface=lo',
           '--dhcp-range=192.0.2.10,192.0.2.20')


class InstalledTest(unittest.TestCase):
    def lease(self):
        run(HELPER, 'add', '52:54:00:00:00:01', '192.0.2.10', 'vm1',
            env={**os.environ, 'DNSMASQ_INTERFACE': 'lo', 'DNSMASQ_LEASE_EXPIRES': str(int(time.time()) + 3600)})

    def assert_vm1_has_a_name(self):
        self.assertIn('192.0.2.10', run('getent', 'hosts', 'vm1'))

    def start_dnsmasq(self, *options):
        log = sandbox.TEMPORARY / 'dnsmasq.log'
        with log.open('wb') as output:
            process = subprocess.Popen([*DNSMASQ, *options], stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        wait_until(lambda: 'started' in log.read_text() or process.poll() is not None, SOON, log.read_text)
        self.assertIsNone(process.poll(), log.read_text())
        return process

    def stop(self, process):
        process.terminate()
        process.wait()
