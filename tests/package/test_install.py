"""The packages of scripts/package on a real dpkg: installed, upgraded, removed and purged on a copy of this machine."""

import grp
import json
import os
import pathlib
import pwd
import re
import subprocess
import sys
import unittest

from installed import BEFORE_REMOVAL, CONFIGURATION, HELPER, NSSWITCH, PROFILE, RULES, STATE, InstalledTest, run, sandbox
from requirements import ROOT
from test_nsswitch import PLACED, PLACED_OTHERWISE

NAMES = ('libnss-leases', 'nss-leases')


def packages_in(directory):
    return [path for name in NAMES for path in directory.glob(f'{name}_*.deb')]


PACKAGES = packages_in(ROOT / 'build/packages')
# What the upgrade is one from: the same with another version, or the packages of another commit.
EARLIER = packages_in(pathlib.Path(os.environ['NSS_LEASES_UPGRADE_FROM'])) if 'NSS_LEASES_UPGRADE_FROM' in os.environ else PACKAGES
HOOK = HELPER.with_name('leases-resolve')
SYSTEMD = pathlib.Path('/etc/systemd/system')
LIBVIRTS = pathlib.Path('/usr/lib/libvirt/libvirt_leaseshelper')
LEASE_FILE = pathlib.Path('/var/lib/misc/dnsmasq.leases')


def dpkg(*arguments):
    return subprocess.run(['dpkg', '--force-unsafe-io', *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env={**os.environ, 'DEBIAN_FRONTEND': 'noninteractive'})


def of_version(package, version):
    """The same package, of another version."""
    tree = sandbox.TEMPORARY / f'{package.stem}-{version}'
    if not tree.exists():
        run('dpkg-deb', '--raw-extract', package, tree)
        control = tree / 'DEBIAN/control'
        control.write_text(re.sub('^Version: .*', f'Version: {version}', control.read_text(), flags=re.MULTILINE))
        run('dpkg-deb', '--build', tree)
    return f'{tree}.deb'


class PackageTest(InstalledTest):
    def setUp(self):
        self.succeed('--purge', *NAMES)
        NSSWITCH.write_text('passwd: files\nhosts: files dns\n')

    def succeed(self, *arguments):
        done = dpkg(*arguments)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def install(self):
        return self.succeed('--install', *PACKAGES)

    def hosts(self):
        return NSSWITCH.read_text().splitlines()[1]

    def is_installed(self, name):
        # The first word is what it is to be.
        return run('dpkg-query', '--show', '--showformat=${Status}', name).endswith(' ok installed')


class Install(PackageTest):
    def test_a_lease_has_a_name(self):
        self.assertIn('dhcp-script=', self.install())
        self.assertEqual(self.hosts(), 'hosts: files leases dns')
        self.lease()
        self.assert_vm1_has_a_name()

    def test_leases_share_is_enabled_by_hand_and_has_a_user_until_the_purge(self):
        self.install()
        wanted = SYSTEMD / 'multi-user.target.wants/leases-share.service'
        self.assertFalse(wanted.is_symlink())
        self.assertTrue(HELPER.with_name('leases-share').exists())
        user = pwd.getpwnam('leases-share')
        self.assertEqual((user.pw_dir, grp.getgrgid(user.pw_gid).gr_name), ('/nonexistent', 'leases-share'))
        run('systemctl', 'enable', 'leases-share.service')
        self.assertTrue(wanted.is_symlink())
        self.succeed('--remove', *NAMES)
        pwd.getpwnam('leases-share')
        self.install()
        self.assertTrue(wanted.is_symlink())
        self.succeed('--purge', *NAMES)
        self.assertFalse(wanted.is_symlink())
        self.assertRaises(KeyError, pwd.getpwnam, 'leases-share')
        self.assertRaises(KeyError, grp.getgrnam, 'leases-share')

    def test_the_units_that_start_others_are_enabled(self):
        self.install()
        wanted = {'paths': 'leases-import.path', 'sockets': 'leases-resolve.socket', 'sysinit': 'leases-rebuild.service'}
        for target, unit in wanted.items():
            self.assertTrue((SYSTEMD / f'{target}.target.wants' / unit).is_symlink(), unit)
        self.assertTrue(HOOK.exists())
        self.succeed('--purge', *NAMES)
        for target, unit in wanted.items():
            self.assertFalse((SYSTEMD / f'{target}.target.wants' / unit).is_symlink(), unit)

    def test_what_was_there_before_is_there_after_a_removal(self):
        for act in '--remove', '--purge':
            for line in [*PLACED, *PLACED_OTHERWISE]:
                if 'leases' in line.replace('libvirt_leases', '').split('#')[0]:
                    continue
                text = f'# ours\npasswd: files\n{line}\nservices: db files\n'
                with self.subTest(act=act, line=line):
                    NSSWITCH.write_text(text)
                    self.succeed('--install', PACKAGES[0])
                    self.assertNotEqual(NSSWITCH.read_text(), text)
                    self.succeed(act, 'libnss-leases')
                    self.assertEqual(NSSWITCH.read_text(), text)

    def test_leases_is_where_leasectl_check_wants_it(self):
        def finding():
            done = subprocess.run(['leasectl', 'check', '--json'], capture_output=True, text=True)
            return next(found for found in json.loads(done.stdout)['findings'] if found['topic'] == 'nsswitch')

        self.install()
        for before, after in PLACED.items():
            with self.subTest(before):
                NSSWITCH.write_text(f'passwd: files\n{before}\n')
                if finding()['severity'] == 'problem':
                    run('sh', '-c', finding()['remedy'])
                    self.assertEqual(self.hosts().split(), after.split())
                NSSWITCH.write_text(f'passwd: files\n{after}\n')
                self.assertEqual(finding()['severity'], 'ok', finding())

    def test_leases_of_the_administrator_stays_where_it_is(self):
        for line in 'hosts: leases files dns', 'hosts: files dns leases [NOTFOUND=return]':
            with self.subTest(line):
                NSSWITCH.write_text(f'passwd: files\n{line}\n')
                self.succeed('--install', PACKAGES[0])
                self.assertEqual(self.hosts(), line)
                self.succeed('--purge', 'libnss-leases')


class Remove(PackageTest):
    def setUp(self):
        super().setUp()
        self.install()

    def divert(self):
        """libvirt's helper, of which dpkg has to know the place alone, gives way to ours."""
        if not LIBVIRTS.exists():
            LIBVIRTS.parent.mkdir(exist_ok=True)
            LIBVIRTS.write_text('#!/bin/sh\n')
            LIBVIRTS.chmod(0o755)
            self.addCleanup(LIBVIRTS.unlink)
        self.before = LIBVIRTS.read_bytes()
        run('leasectl', 'libvirt-helper', 'on')
        self.assertEqual(LIBVIRTS.readlink(), HELPER)

    def test_the_leases_stay_and_a_purge_deletes_them(self):
        self.lease()
        self.assertIn('until the package is purged', self.succeed('--remove', *NAMES))
        self.assertEqual(self.hosts(), 'hosts: files dns')
        self.assertTrue(list(STATE.glob('*.status')))
        self.assertTrue(CONFIGURATION.exists())
        self.install()
        self.assertEqual(self.hosts(), 'hosts: files leases dns')
        self.assert_vm1_has_a_name()
        run('leasectl', 'libvirt-hook', 'on')
        self.assertIn(f'{HELPER} Ux,', RULES.read_text())
        self.succeed('--purge', *NAMES)
        self.assertFalse(RULES.exists())
        self.assertEqual(self.hosts(), 'hosts: files dns')
        self.assertEqual(run('find', '/etc', '/run', '/usr', '/var', '-name', '*nss[-_]leases*', '-not', '-path', '/run/sandbox/*'), '')

    def test_the_administrator_s_rules_for_dnsmasq_stay_and_get_one_more(self):
        RULES.parent.mkdir(exist_ok=True)
        self.addCleanup(RULES.unlink, missing_ok=True)
        # As a package of profiles leaves the file; of an administrator; one whose last line has no end; and a rule for the helper.
        for text, is_given in ('', True), ('# ours\n', True), ('/srv/ours r,', True), (f'deny {HELPER} x,\n', False):
            with self.subTest(text):
                self.succeed('--purge', *NAMES)
                RULES.write_text(text)
                PROFILE.write_text('# a profile includes the file\n')
                self.addCleanup(PROFILE.unlink, missing_ok=True)
                self.install()
                self.assertEqual(f'{HELPER} Ux,' in RULES.read_text(), is_given)
                self.assertTrue(RULES.read_text().startswith(text))
                self.succeed('--purge', *NAMES)
                self.assertEqual(RULES.read_text().rstrip('\n'), text.rstrip('\n'))

    def test_a_rule_that_the_administrator_has_removed_does_not_come_back(self):
        self.assertIn(f'{HELPER} Ux,', RULES.read_text())
        # Versions before it had no rule.
        self.succeed('--install', *(of_version(package, '0.2.1') for package in PACKAGES))
        RULES.write_text('# ours\n')
        self.addCleanup(RULES.unlink, missing_ok=True)
        self.succeed('--install', *(of_version(package, '0.2.2') for package in PACKAGES))
        self.assertEqual(RULES.read_text(), '# ours\n')

    def test_libvirt_gets_its_helper_back(self):
        self.divert()
        self.succeed('--remove', 'nss-leases')
        self.assertFalse(LIBVIRTS.is_symlink())
        self.assertEqual(LIBVIRTS.read_bytes(), self.before)
        self.assertEqual(run('dpkg-divert', '--list', f'{LIBVIRTS}*'), '')

    def test_an_upgrade_changes_nothing_of_the_administrators(self):
        self.succeed('--purge', *NAMES)
        self.succeed('--install', *(of_version(package, '0.1.0') for package in EARLIER))
        self.lease()
        self.divert()
        self.addCleanup(run, 'leasectl', 'libvirt-helper', 'off')
        CONFIGURATION.write_text('# ours\n')
        for line in 'hosts: leases files dns', 'hosts: files dns':
            with self.subTest(line):
                NSSWITCH.write_text(f'passwd: files\n{line}\n')
                self.install()
                self.assertEqual(self.hosts(), line)
                self.succeed('--install', *(of_version(package, '0.1.0') for package in EARLIER))
                self.assertEqual(self.hosts(), line)
        self.install()
        self.assertEqual(CONFIGURATION.read_text(), '# ours\n')
        self.assertEqual(LIBVIRTS.readlink(), HELPER)
        NSSWITCH.write_text('hosts: files leases dns\n')
        self.assert_vm1_has_a_name()


class RemoveBesideDnsmasq(PackageTest):
    """What the removal says of a dnsmasq that has the helper as its dhcp-script."""

    def setUp(self):
        super().setUp()
        self.install()
        LEASE_FILE.unlink(missing_ok=True)

    def file(self, name, text):
        path = sandbox.TEMPORARY / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        self.addCleanup(path.unlink)
        return path

    def assert_refused(self, process):
        done = dpkg('--remove', 'nss-leases')
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(f'dnsmasq (process {process.pid})', done.stderr)
        self.assertIn('\n    leasectl lease-file give\n', done.stderr)
        self.assertTrue(self.is_installed('nss-leases'))
        self.assertTrue(HELPER.exists())

    def test_the_leases_of_leasefile_ro_have_to_be_given_back_first(self):
        self.lease()
        server = self.start_dnsmasq('--conf-file=/dev/null', f'--dhcp-script={HELPER}', '--leasefile-ro')
        self.assert_refused(server)
        # What the message says.
        self.stop(server)
        run('leasectl', 'lease-file', 'give')
        self.assertIn(' 192.0.2.10 vm1 ', LEASE_FILE.read_text())
        self.assertNotIn('dnsmasq', self.succeed('--remove', 'nss-leases'))
        self.assertFalse(HELPER.exists())
        self.start_dnsmasq('--conf-file=/dev/null')

    def test_the_options_are_found_wherever_they_are(self):
        options = f'dhcp-script={HELPER}\nleasefile-ro\n'
        directory = self.file('conf.d/leases', options).parent
        for words in (['-9C', '/dev/null', '-6', HELPER],
                      ['-C', self.file('whole.conf', options)],
                      ['-C', self.file('names.conf', f'conf-file={directory}/leases\n')],
                      ['-C', '/dev/null', '-7', directory]):
            with self.subTest(words=words):
                server = self.start_dnsmasq(*words)
                self.assert_refused(server)
                self.stop(server)

    def test_a_dnsmasq_with_a_lease_file_is_told_of(self):
        server = self.start_dnsmasq('--conf-file=/dev/null', '-6', HELPER)
        said = self.succeed('--remove', 'nss-leases')
        self.assertIn(f'dnsmasq (process {server.pid})', said)
        self.assertIn('Take dhcp-script and script-on-renewal out of its configuration', said)
        self.assertNotIn('leasectl lease-file give', said)
        self.assertFalse(HELPER.exists())
        self.assertIsNone(server.poll())

    def test_a_dnsmasq_without_the_helper_is_not(self):
        self.start_dnsmasq('--conf-file=/dev/null', '--dhcp-script=/bin/true')
        self.assertNotIn('dnsmasq', self.succeed('--remove', 'nss-leases'))

    def test_a_dnsmasq_that_is_stopped_counts_by_its_files(self):
        file = pathlib.Path('/etc/dnsmasq.d/nss-leases.conf')
        file.parent.mkdir(exist_ok=True)
        file.write_text(f'dhcp-script={HELPER}\nleasefile-ro\n')
        self.addCleanup(file.unlink)
        done = dpkg('--remove', 'nss-leases')
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(f'dnsmasq (not running) has the helper as dhcp-script in {file}', done.stderr)
        file.write_text(f'dhcp-script={HELPER}\n')
        self.assertIn(f'dnsmasq (not running) has the helper as dhcp-script in {file}', self.succeed('--remove', 'nss-leases'))

    def test_a_leasectl_that_does_not_run_does_not_prevent_the_removal(self):
        # As when a library of an old release is gone.
        pathlib.Path('/usr/bin/leasectl').write_text('#!/bin/sh\nexit 127\n')
        self.assertIn('not every dnsmasq could be judged; look for dhcp-script', self.succeed('--remove', 'nss-leases'))

    def test_nor_does_what_looks_for_dnsmasqs_if_it_is_missing_or_broken(self):
        for spoil in BEFORE_REMOVAL.unlink, lambda: BEFORE_REMOVAL.write_text('#!/bin/sh\nif\n'), lambda: BEFORE_REMOVAL.chmod(0o644):
            self.install()
            spoil()
            self.succeed('--remove', 'nss-leases')
            self.assertFalse(HELPER.exists())


if __name__ == '__main__':
    if len(PACKAGES) != len(NAMES):
        sys.exit('there are no packages; build them: scripts/package')
    sandbox.enter(install=False)
    unittest.main(argv=sys.argv[:1])
