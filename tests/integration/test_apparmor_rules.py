"""The rules for AppArmor, as its own parser reads them, with the abstractions that Debian ships."""

import pathlib
import shutil
import subprocess
import sys
import unittest

import sandbox

PROFILE = '''
include <tunables/global>
profile one /usr/bin/one {
  include <abstractions/nameservice>
  include "/usr/share/nss-leases/apparmor.d/local/usr.sbin.dnsmasq"
}
'''
RULES = pathlib.Path('/etc/apparmor.d/abstractions/nameservice.d/nss-leases')


def parse(*options):
    return subprocess.run(['apparmor_parser', '--skip-kernel-load', '--skip-cache', *options], input=PROFILE, capture_output=True, text=True)


class Rules(unittest.TestCase):
    def test_a_program_with_a_name_service_may_read_the_index(self):
        compiled = parse('--names')
        self.assertEqual((compiled.returncode, compiled.stdout), (0, 'one\n'), compiled.stderr)
        self.assertIn('/nss-leases/hosts.idx r,', parse('--preprocess').stdout)

    def test_the_line_for_dnsmasq_is_a_rule_with_the_mark_by_which_the_package_takes_it_away(self):
        self.assertRegex(parse('--preprocess').stdout, r'(?m)^/\S+/leaseshelper Ux, # nss-leases: ')

    def test_without_the_file_it_may_not(self):
        RULES.unlink()
        self.assertNotIn('hosts.idx', parse('--preprocess').stdout)


if __name__ == '__main__':
    if not shutil.which('apparmor_parser', path='/usr/sbin:/sbin'):
        print('skipped: there is no apparmor_parser; install apparmor')
        sys.exit(sandbox.SKIPPED)
    sandbox.enter()
    unittest.main()
