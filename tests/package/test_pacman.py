"""The package of scripts/package-arch on a real pacman: installed, upgraded and removed on a copy of this machine, which is Debian."""

import json
import pathlib
import re
import subprocess
import sys
import unittest

from installed import BEFORE_REMOVAL, CONFIGURATION, HELPER, NSSWITCH, PROFILE, RULES, STATE, InstalledTest, run, sandbox
from requirements import ROOT, version

BUILT = ROOT / 'build/arch'
PACKAGES = list(BUILT.glob('nss-leases-*.pkg.tar.*'))
INDEX = pathlib.Path('/run/nss-leases/hosts.idx')
HOOK = pathlib.Path('/etc/libvirt/hooks/qemu.d/nss-leases')
REMOVAL_HOOK = pathlib.Path('/usr/share/libalpm/hooks/nss-leases.hook')
# As Arch has it.
HOSTS = 'hosts: mymachines resolve [!UNAVAIL=return] files myhostname dns'
# What the package has besides what CMake installs, and where it has something else.
MORE = {'/etc/nss-leases.conf', '/usr/share/libalpm/hooks/nss-leases.hook',
        '/usr/share/man/man1/leasectl-inventory.1.gz'}
MOVED = {'/usr/share/doc/nss-leases/LICENSE': '/usr/share/licenses/nss-leases/LICENSE',
         '/usr/share/zsh/vendor-completions/_leasectl': '/usr/share/zsh/site-functions/_leasectl'}


def pacman(*arguments):
    # What it depends on has other names in Debian.
    return subprocess.run(['pacman', '--noconfirm', *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)


def newer(package, release):
    """The same package, of another release."""
    tree = sandbox.TEMPORARY / f'release-{release}'
    if not tree.exists():
        tree.mkdir()
        run('bsdtar', '-xpf', package, '-C', tree)
        info = tree / '.PKGINFO'
        info.write_text(re.sub('^pkgver = .*', f'pkgver = {version()}-{release}', info.read_text(), flags=re.MULTILINE))
        run('sh', '-c', 'cd $0 && bsdtar -czf $0.pkg.tar.gz .PKGINFO .INSTALL *', tree)
    return f'{tree}.pkg.tar.gz'


def files_with_our_names():
    found = run('find', '/etc', '/usr', '(', '-name', '*nss[-_]leases*', '-o', '-name', 'leases-*', ')', '-not', '-name', '*.pacsave')
    return set(found.splitlines())


def in_the_way(package):
    """Files of the package that this machine has from elsewhere: pacman does not overwrite them."""
    paths = [pathlib.Path('/', name) for name in run('bsdtar', '-tf', package).splitlines() if name[0] != '.' and name[-1] != '/']
    return [str(path) for path in paths if path.exists() or path.is_symlink()]


class Pacman(InstalledTest):
    @classmethod
    def setUpClass(cls):
        # The machine may have files with such names.
        cls.hosts_files = files_with_our_names()

    def setUp(self):
        # libalpm reads the package's own hook whatever --hookdir says, and it may refuse the removal.
        REMOVAL_HOOK.unlink(missing_ok=True)
        pacman('-Rn', '--noscriptlet', 'nss-leases')
        self.assertFalse(self.is_installed())
        # The machine may have these, or an earlier test.
        run('rm', '-rf', STATE, INDEX.parent, HOOK, CONFIGURATION, PROFILE, RULES)
        NSSWITCH.write_text(f'passwd: files\n{HOSTS}\n')

    def succeed(self, *arguments):
        done = pacman(*arguments)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertNotIn('error:', done.stdout)
        self.assertNotIn('command failed to execute correctly', done.stdout)
        return done.stdout

    def install(self, package=PACKAGES[0] if PACKAGES else None):
        return self.succeed('-Udd', package)

    def remove(self):
        return self.succeed('-R', 'nss-leases')

    def is_installed(self):
        return pacman('-Q', 'nss-leases').returncode == 0

    def test_a_lease_has_a_name_with_the_line_of_hosts_that_pacman_shows(self):
        said = self.install()
        self.assertIn('systemctl enable --now leases-import.path leases-resolve.socket\n', said)
        self.assertEqual(run('leasectl', '--version').split()[-1], version())
        line = re.search(r'^ *(hosts: .*)', said, re.MULTILINE)[1]
        self.assertEqual(line.replace(' leases', ''), HOSTS)
        self.assertIn(HOSTS, NSSWITCH.read_text())
        NSSWITCH.write_text(f'passwd: files\n{line}\n')
        self.lease()
        self.assert_vm1_has_a_name()
        found = json.loads(subprocess.run(['leasectl', 'check', '--json'], capture_output=True, text=True).stdout)['findings']
        self.assertEqual([finding['severity'] for finding in found if finding['topic'] in ('nsswitch', 'configuration', 'module')],
                         ['ok'] * 3, found)

    def test_it_has_what_is_installed_without_it(self):
        self.install()
        has = {name for name in run('pacman', '-Qlq', 'nss-leases').split('\n') if name and not name.endswith('/')}
        wants = {MOVED.get(name, name) for name in (BUILT / 'install_manifest.txt').read_text().split()}
        wants = {f'{name}.gz' if '/man/' in name else name for name in wants}
        for path in (ROOT / name for name in (ROOT / 'debian/nss-leases.docs').read_text().split()):
            files = path.rglob('*') if path.is_dir() else [path]
            wants.update(f'/usr/share/doc/nss-leases/{file.relative_to(path.parent)}' for file in files)
        self.assertEqual((has - wants, wants - has), (MORE, set()))

    def test_what_is_said_of_apparmor_has_dnsmasq_run_the_helper(self):
        self.assertNotIn('AppArmor', self.install())
        self.remove()
        RULES.parent.mkdir(parents=True, exist_ok=True)
        PROFILE.write_text('# a profile includes the file\n')
        command = re.search(r'^ *(cat .*)', self.install(), re.MULTILINE)[1]
        run('sh', '-c', command)
        self.assertIn(f'{HELPER} Ux,', RULES.read_text())
        self.assertIn(f'Take the rule of nss-leases out of {RULES}', self.remove())
        self.assertNotIn('AppArmor', self.install())

    def test_an_upgrade_makes_the_index_anew_and_changes_no_file_of_the_administrators(self):
        self.install()
        self.lease()
        NSSWITCH.write_text('hosts: files leases\n')
        CONFIGURATION.write_text('# ours\n')
        before = INDEX.stat().st_ino
        self.assertNotIn('nsswitch', self.install(newer(PACKAGES[0], 2)))
        self.assertEqual(run('pacman', '-Q', 'nss-leases').split()[-1], f'{version()}-2')
        self.assertNotEqual(INDEX.stat().st_ino, before)
        self.assertEqual((NSSWITCH.read_text(), CONFIGURATION.read_text()), ('hosts: files leases\n', '# ours\n'))
        self.assert_vm1_has_a_name()

    def test_a_removal_leaves_the_leases_and_what_is_the_administrators(self):
        self.install()
        self.lease()
        NSSWITCH.write_text('hosts: files leases\n')
        HOOK.parent.mkdir(parents=True, exist_ok=True)
        run('leasectl', 'libvirt-hook', 'on')
        run('systemctl', 'enable', 'leases-import.path', 'leases-export@hosts.service')
        said = self.remove()
        for text in 'Take leases out of the hosts line', 'The leases stay.':
            self.assertIn(text, said)
        self.assertEqual(NSSWITCH.read_text(), 'hosts: files leases\n')
        self.assertTrue(list(STATE.glob('*.status')))
        self.assertEqual(files_with_our_names(), self.hosts_files)
        # And are found again.
        INDEX.unlink()
        self.install()
        self.assert_vm1_has_a_name()

    def start(self, *options):
        return self.start_dnsmasq('--conf-file=/dev/null', f'--dhcp-script={HELPER}', *options)

    def test_it_is_not_removed_while_a_dnsmasq_would_lose_its_leases(self):
        self.install()
        self.lease()
        server = self.start('--leasefile-ro')
        done = pacman('-R', 'nss-leases')
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(f'dnsmasq (process {server.pid})', done.stdout)
        self.assertIn('\n    leasectl lease-file give\n', done.stdout)
        self.assertTrue(self.is_installed())
        self.assertTrue(HELPER.exists())
        # It may be upgraded.
        self.install(newer(PACKAGES[0], 2))
        # What the message says.
        self.stop(server)
        run('leasectl', 'lease-file', 'give')
        self.assertNotIn('dnsmasq (', self.remove())
        self.assertFalse(HELPER.exists())

    def test_a_dnsmasq_with_a_lease_file_is_told_of(self):
        self.install()
        server = self.start()
        said = self.remove()
        self.assertIn(f'dnsmasq (process {server.pid})', said)
        self.assertIn('Take dhcp-script and script-on-renewal out of its configuration', said)
        self.assertFalse(HELPER.exists())

    def test_a_leasectl_that_does_not_run_does_not_prevent_the_removal(self):
        self.install()
        # As when a library that it needs has another version.
        pathlib.Path('/usr/bin/leasectl').write_text('#!/bin/sh\nexit 127\n')
        self.assertIn('not every dnsmasq could be judged; look for dhcp-script', self.remove())

    def test_nor_does_what_looks_for_dnsmasqs_if_it_is_missing_or_broken(self):
        for spoil in BEFORE_REMOVAL.unlink, lambda: BEFORE_REMOVAL.write_text('#!/bin/sh\nif\n'), lambda: BEFORE_REMOVAL.chmod(0o644):
            self.install()
            spoil()
            pacman('-R', 'nss-leases')
            self.assertFalse(self.is_installed())


if __name__ == '__main__':
    if len(PACKAGES) != 1:
        sys.exit('there is no package; build it: scripts/package-arch')
    sandbox.enter(install=False)
    if there := in_the_way(PACKAGES[0]):
        sys.exit(f'nss-leases is on this machine, and pacman would overwrite none of its files; remove it first: {" ".join(there)}')
    unittest.main(argv=sys.argv[:1])
