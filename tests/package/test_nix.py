"""The expressions for Nix, parsed and evaluated with stand-ins for what nixpkgs passes (standin.nix). No store and no network."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from requirements import ROOT, SKIPPED, enabled_units, libraries, plain, version

EXPRESSIONS = sorted((ROOT / 'packaging').glob('*.nix'))


def nix_instantiate(*arguments):
    with tempfile.TemporaryDirectory() as directory:
        # What it would make of the host's otherwise, even without a store.
        places = {f'NIX_{name}_DIR': f'{directory}/{name}' for name in ('STATE', 'STORE', 'CONF', 'LOG', 'DATA')}
        done = subprocess.run(['nix-instantiate', '--store', 'dummy://', *map(str, arguments)], capture_output=True, text=True,
                              env={'PATH': os.environ['PATH'], 'HOME': directory, **places})
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout


def evaluated(resolved='false'):
    return json.loads(nix_instantiate('--eval', '--strict', '--json', '--arg', 'resolved', resolved, ROOT / 'tests/package/standin.nix'))


class Nix(unittest.TestCase):
    def test_each_file_can_be_read(self):
        self.assertGreater(len(EXPRESSIONS), 1)
        for path in EXPRESSIONS:
            with self.subTest(path.name):
                nix_instantiate('--parse', path)

    def test_the_package(self):
        package = evaluated()['package']
        self.assertEqual((package['pname'], package['version']), ('nss-leases', version()))
        self.assertEqual(libraries() - {plain(name) for name in package['buildInputs']}, set())
        self.assertEqual(package['src'], str(ROOT))
        for phase in 'postInstall', 'installCheckPhase':
            subprocess.run(['bash', '-n'], input=package[phase], text=True, check=True)
        for flag in package['cmakeFlags']:
            option = re.fullmatch(r'-D(NSS_LEASES_\w+)=(?:ON|OFF)', flag)[1]
            self.assertIn(f'option({option} ', (ROOT / 'CMakeLists.txt').read_text())

    def test_a_machine_has_what_the_packages_of_other_systems_do(self):
        result = evaluated()
        configuration = result['configuration']
        package = [result['package']]
        self.assertEqual(configuration['system']['nssModules'], package)
        self.assertEqual((configuration['systemd']['packages'], configuration['systemd']['tmpfiles']['packages']), (package, package))
        units = {f'{name}.{kind}': unit['wantedBy'] for kind in ('path', 'service', 'socket')
                 for name, unit in configuration['systemd'][f'{kind}s'].items()}
        self.assertEqual(units, enabled_units())
        user = (ROOT / 'systemd/leases-share.sysusers').read_text().splitlines()[-1].split(maxsplit=3)[1]
        self.assertEqual((list(configuration['users']['users']), list(configuration['users']['groups'])), ([user], [user]))
        self.assertEqual(result['etc'], {'nss-leases.conf': str(ROOT / 'debian/nss-leases.conf')})

    def test_leases_is_asked_before_what_may_end_the_search(self):
        # NixOS has mymachines at 400, resolve at 501, files at 998, myhostname at 999 and dns at 1499.
        for resolved, after, before in ('false', 999, 1499), ('true', 400, 501):
            with self.subTest(resolved=resolved):
                place = evaluated(resolved)['configuration']['system']['nssDatabases']['hosts']
                self.assertEqual(place['content'], ['leases'])
                self.assertTrue(after < place['priority'] < before, place)


if __name__ == '__main__':
    if not shutil.which('nix-instantiate'):
        print('skipped: there is no nix-instantiate; scripts/install-packages nix')
        sys.exit(SKIPPED)
    unittest.main()
