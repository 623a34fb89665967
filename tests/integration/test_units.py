"""The units as systemd itself judges them. That they work, confined as they are, is shown by test_systemd.py."""

import pathlib
import subprocess
import unittest

import sandbox

SYSTEM = pathlib.Path('/usr/lib/systemd/system')
PRESETS = pathlib.Path('/usr/lib/systemd/system-preset')
EXPOSURE = 20  # tenths
# A build may be without them (NSS_LEASES_RESOLVE, NSS_LEASES_SHARE).
HOOK = pathlib.Path('/usr/libexec/nss-leases/leases-resolve')
SHARE = pathlib.Path('/usr/libexec/nss-leases/leases-share')


def analyze(*arguments):
    return subprocess.run(['systemd-analyze', '--no-pager', *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True)


class Units(unittest.TestCase):
    def setUp(self):
        self.units = sorted(SYSTEM.glob('leases-*'))
        self.services = [unit for unit in self.units if unit.suffix == '.service']
        share = 1 if SHARE.exists() else 0
        hook = 1 if HOOK.exists() else 0
        self.assertEqual((len(self.units), len(self.services)), (4 + 2 * hook + share, 3 + hook + share))

    def test_systemd_finds_nothing_wrong_with_them(self):
        done = analyze('verify', '--man=no', *self.units)
        # It also judges the host's units to which these refer.
        self.assertEqual([line for line in (done.stdout + done.stderr).splitlines() if 'leases-' in line], [])

    def test_each_service_is_confined(self):
        for service in self.services:
            with self.subTest(service=service.name):
                done = analyze('security', '--offline=true', f'--threshold={EXPOSURE}', service)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_what_is_to_be_enabled_is_so_by_preset(self):
        preset = [line.split() for line in (PRESETS / '80-nss-leases.preset').read_text().splitlines() if not line.startswith('#')]
        # Of a template, the administrator chooses the instances.
        to_be_enabled = {unit.name for unit in self.units if '[Install]' in unit.read_text() and '@' not in unit.name}
        # Without a configuration there is nobody to share with.
        to_be_enabled -= {'leases-share.service'}
        preset.remove(['disable', 'leases-share.service'])
        # The preset of a unit that is not installed does nothing.
        self.assertEqual(sorted(preset), [['enable', name] for name in sorted(to_be_enabled | {'leases-resolve.socket'})])


if __name__ == '__main__':
    sandbox.enter()
    unittest.main()
