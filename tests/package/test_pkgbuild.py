"""The files for Arch Linux as makepkg and bash read them. The package itself is made and installed by scripts/package-arch --test."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from requirements import ROOT, SKIPPED, libraries, plain, version

PACKAGING = ROOT / 'packaging'
# What pacman calls.
FUNCTIONS = {f'{when}_{what}' for when in ('pre', 'post') for what in ('install', 'upgrade', 'remove')}
# Arch has these in other packages.
PART_OF = {'systemd': 'systemdlibs'}


def srcinfo():
    """What PKGBUILD says, by makepkg, which refuses to be root."""
    with tempfile.TemporaryDirectory() as directory:
        for name in 'PKGBUILD', 'nss-leases.install':
            shutil.copy(PACKAGING / name, directory)
        command = ['makepkg', '--printsrcinfo']
        if os.geteuid() == 0:
            command = ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups', *command]
            os.chmod(directory, 0o755)
            shutil.chown(directory, 'nobody')
        done = subprocess.run(command, cwd=directory, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                              # Later ones want a pacman, even where they ask it nothing.
                              env={'PATH': os.environ['PATH'], 'HOME': directory, 'LC_ALL': 'C.UTF-8', 'PACMAN': 'true'})
    if done.returncode != 0 or done.stderr:
        raise AssertionError(done.stderr)
    values = {}
    for key, value in re.findall(r'^\s*(\w+) = (.*)', done.stdout, re.MULTILINE):
        values.setdefault(key, []).append(value)
    return values


class Pkgbuild(unittest.TestCase):
    def test_makepkg_takes_it(self):
        values = srcinfo()
        self.assertEqual((values['pkgname'], values['pkgver']), (['nss-leases'], [version()]))
        self.assertEqual(values['arch'], ['x86_64'])
        self.assertEqual(values['source'], [f'nss-leases-{version()}.tar.gz'])
        needed = {PART_OF.get(library, library) for library in libraries()}
        self.assertEqual(needed - {plain(name) for name in values['depends'] + values['makedepends']}, set())
        self.assertTrue((PACKAGING / values['install'][0]).exists())

    def test_pacman_calls_each_function_around_the_installation(self):
        done = subprocess.run(['bash', '-ec', f'. {PACKAGING}/nss-leases.install; compgen -A function'], capture_output=True, text=True,
                              check=True, env={'PATH': os.environ['PATH']})
        called = {name for name in done.stdout.split() if not name.startswith('_')}
        self.assertIn('pre_remove', called)
        self.assertEqual(called - FUNCTIONS, set())


if __name__ == '__main__':
    if not shutil.which('makepkg'):
        print('skipped: there is no makepkg; scripts/install-packages arch')
        sys.exit(SKIPPED)
    unittest.main()
