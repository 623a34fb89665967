"""Where the postinst of libnss-leases puts leases. It runs on a root directory of its own, as with dpkg --root."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

DEBIAN = pathlib.Path(__file__).resolve().parents[2] / 'debian'

# Where 'leasectl check' would put it (test_install.py asks it), and where it has something to say against every place.
PLACED = {
    'hosts: files dns': 'hosts: files leases dns',
    'hosts:\tfiles\tdns': 'hosts:\tfiles leases\tdns',
    'hosts: files': 'hosts: files leases',
    'hosts: dns': 'hosts: leases dns',
    'hosts: libvirt dns': 'hosts: leases libvirt dns',
    'hosts: files resolve [!UNAVAIL=return] dns': 'hosts: files leases resolve [!UNAVAIL=return] dns',
    'hosts: mymachines files myhostname dns': 'hosts: mymachines files leases myhostname dns',
    'hosts: files mdns4_minimal [NOTFOUND=return] dns': 'hosts: files leases mdns4_minimal [NOTFOUND=return] dns',
    'hosts: mdns4_minimal [NOTFOUND=return] files dns': 'hosts: mdns4_minimal [NOTFOUND=return] files leases dns',
    'hosts: files myhostname mymachines resolve [!UNAVAIL=return] dns':
        'hosts: files leases myhostname mymachines resolve [!UNAVAIL=return] dns',
    'hosts: libvirt [SUCCESS=return NOTFOUND=continue] files dns': 'hosts: libvirt [SUCCESS=return NOTFOUND=continue] files leases dns',
    'hosts: files leases dns': 'hosts: files leases dns',
    'hosts: files libvirt_leases dns': 'hosts: files leases libvirt_leases dns',
}
PLACED_OTHERWISE = {
    # leasectl check would put there what glibc asks without a line, too; but a removal could not tell that it was not the administrator's.
    'hosts:': 'hosts: leases',
    'hosts: files [success=merge] dns': 'hosts: files [success=merge] leases dns',
    'hosts: files # dns': 'hosts: files leases # dns',
    'hosts: files dns # ours': 'hosts: files leases dns # ours',
    'hosts: mymachines resolve [!UNAVAIL=return] files dns': 'hosts: mymachines leases resolve [!UNAVAIL=return] files dns',
    'hosts: libvirt [!success = RETURN] files': 'hosts: leases libvirt [!success = RETURN] files',
    'hosts: files [NOTFOUND=return] dns': 'hosts: leases files [NOTFOUND=return] dns',
    'hosts: dns files': 'hosts: leases dns files',
    'hosts: files dns leases': 'hosts: files dns leases',
}
# dh-nss does not take leases out of these when the package goes.
LEFT_ALONE = ('hosts:dns', 'hosts:files dns', '  hosts: files dns', 'hosts : files dns', 'hosts files dns')


class Nsswitch(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)
        (self.root / 'etc').mkdir()
        self.file = self.root / 'etc/nsswitch.conf'

    def configure(self, *version_before):
        subprocess.run(['sh', str(DEBIAN / 'libnss-leases.postinst'), 'configure', *version_before], check=True,
                       env={**os.environ, 'DPKG_ROOT': str(self.root), 'DPKG_MAINTSCRIPT_PACKAGE': 'libnss-leases'})

    def install(self):
        # As the preinst that dh_installnss makes.
        (self.root / 'etc/nsswitch.conf.nss.libnss-leases-will-install').touch()
        self.configure()

    def test_every_form_of_line(self):
        for before, after in {**PLACED, **PLACED_OTHERWISE}.items():
            with self.subTest(before):
                self.file.write_text(f'passwd: files\n{before}\nservices: db files\n')
                self.install()
                self.assertEqual(self.file.read_text(), f'passwd: files\n{after}\nservices: db files\n')

    def test_a_line_that_a_removal_would_not_restore_is_left_alone(self):
        for line in LEFT_ALONE:
            with self.subTest(line):
                self.file.write_text(f'passwd: files\n{line}\n')
                self.install()
                self.assertEqual(self.file.read_text(), f'passwd: files\n{line}\n')

    def test_without_a_line_of_hosts(self):
        self.file.write_text('passwd: files\n')
        self.install()
        self.assertEqual(self.file.read_text(), 'passwd: files\nhosts: files leases dns\n')

    def test_without_a_file(self):
        self.install()
        self.assertEqual(list((self.root / 'etc').iterdir()), [])

    def test_a_link_and_its_mode_stay(self):
        real = self.root / 'etc/real'
        real.write_text('hosts: files dns\n')
        real.chmod(0o640)
        self.file.symlink_to(real)
        self.install()
        self.assertTrue(self.file.is_symlink())
        self.assertEqual(real.read_text(), 'hosts: files leases dns\n')
        self.assertEqual(real.stat().st_mode & 0o777, 0o640)

    def test_an_upgrade_changes_nothing(self):
        self.file.write_text('hosts: files dns\n')
        self.configure('0.1.0')
        self.assertEqual(self.file.read_text(), 'hosts: files dns\n')


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
