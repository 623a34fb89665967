"""The packages of scripts/package on a real dpkg: installed, upgraded, removed and purged on a copy of this machine."""

import os
import pathlib
import subprocess
import sys
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests/integration'))
import sandbox  # noqa: E402

PACKAGES = sorted((ROOT / 'build/packages').glob('*nss-leases_*.deb'))
NAMES = ('libnss-leases', 'nss-leases')
NSSWITCH = pathlib.Path('/etc/nsswitch.conf')
STATE = pathlib.Path('/var/lib/nss-leases')
CONFIGURATION = pathlib.Path('/etc/nss-leases.conf')
HELPER = '/usr/libexec/nss-leases/leaseshelper'
DNSMASQ = ('dnsmasq', '--keep-in-foreground', '--port=0', '--conf-file=/dev/null', '--user=root', '--interface=lo', '--pid-file',
           '--dhcp-range=192.0.2.10,192.0.2.20', '--dhcp-leasefile=/tmp/leases')


def dpkg(*arguments):
    return subprocess.run(['dpkg', *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env={**os.environ, 'DEBIAN_FRONTEND': 'noninteractive'})


class Packages(unittest.TestCase):
    def setUp(self):
        dpkg('--purge', *NAMES)
        NSSWITCH.write_text('passwd: files\nhosts: files dns\n')
        self.succeed('--install', *PACKAGES)

    def succeed(self, *arguments):
        done = dpkg(*arguments)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def hosts(self):
        return NSSWITCH.read_text().splitlines()[1]

    def lease(self):
        subprocess.run([HELPER, 'add', '52:54:00:00:00:01', '192.0.2.10', 'vm1'], check=True,
                       env={**os.environ, 'DNSMASQ_INTERFACE': 'lan0', 'DNSMASQ_LEASE_EXPIRES': str(int(time.time()) + 3600)})

    def start_dnsmasq(self, *options):
        process = subprocess.Popen([*DNSMASQ, f'--dhcp-script={HELPER}', *options], stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        time.sleep(0.5)
        self.assertIsNone(process.poll())

    def test_a_lease_has_a_name(self):
        self.assertEqual(self.hosts(), 'hosts: files leases dns')
        self.lease()
        self.assertIn('192.0.2.10', sandbox.run('getent', 'hosts', 'vm1'))

    def test_remove_keeps_the_leases_and_purge_does_not(self):
        self.lease()
        self.assertIn('until the package is purged', self.succeed('--remove', *NAMES))
        self.assertEqual(self.hosts(), 'hosts: files dns')
        self.assertTrue(list(STATE.glob('*.status')))
        self.assertTrue(CONFIGURATION.exists())
        self.succeed('--install', *PACKAGES)
        self.assertEqual(self.hosts(), 'hosts: files leases dns')
        self.assertIn('192.0.2.10', sandbox.run('getent', 'hosts', 'vm1'))
        self.succeed('--purge', *NAMES)
        self.assertFalse(STATE.exists())
        self.assertFalse(CONFIGURATION.exists())
        self.assertFalse(pathlib.Path('/run/nss-leases').exists())

    def test_an_upgrade_keeps_what_the_administrator_wrote(self):
        for line in 'hosts: leases files dns', 'hosts: files dns':
            NSSWITCH.write_text(f'passwd: files\n{line}\n')
            self.succeed('--install', *PACKAGES)
            self.assertEqual(self.hosts(), line)

    def test_a_dnsmasq_that_would_lose_its_leases_keeps_the_helper(self):
        self.start_dnsmasq('--leasefile-ro')
        done = dpkg('--remove', 'nss-leases')
        self.assertNotEqual(done.returncode, 0)
        self.assertIn('leasectl lease-file give', done.stderr)
        self.assertTrue(pathlib.Path(HELPER).exists())

    def test_another_dnsmasq_is_told_of(self):
        self.start_dnsmasq()
        self.assertIn('will complain in its log', self.succeed('--remove', 'nss-leases'))
        self.assertFalse(pathlib.Path(HELPER).exists())


if __name__ == '__main__':
    if len(PACKAGES) != len(NAMES):
        print('skipped: scripts/package has built no packages')
        sys.exit(sandbox.SKIPPED)
    sandbox.enter(install=False)
    unittest.main(argv=sys.argv[:1])
