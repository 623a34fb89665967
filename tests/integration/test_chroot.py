"""Where the demos and the tests cannot make their namespaces, they say so, and what to do."""

import pathlib
import shutil
import subprocess

import lab
import sandbox
from lab import run
from waiting import HUNG

SCRIPTS = sandbox.ROOT / 'scripts'
SCRIPT = SCRIPTS / 'need-namespaces'


class Chroot(lab.LabTest):

    def chroot(self):
        """A directory with what a shell needs, in a mount of which it is a part."""
        place = sandbox.SCRATCH / 'chroot'
        place.mkdir()
        sandbox.mount('-t', 'tmpfs', 'chroot', place)
        root = place / 'root'
        for name in 'usr', 'proc', 'dev', 'etc':
            (root / name).mkdir(parents=True)
            sandbox.mount('--rbind', f'/{name}', root / name)
        for link in map(pathlib.Path, ('/bin', '/sbin', '/lib', '/lib64')):
            if link.is_symlink():
                (root / link.name).symlink_to(link.readlink())
        (root / 'scripts').mkdir()
        for name in 'need-namespaces', 'release-trees':
            shutil.copy(SCRIPTS / name, root / 'scripts')
        return root

    def test_a_chroot_has_to_be_a_mount(self):
        root = self.chroot()

        def ended(command):
            done = subprocess.run(['chroot', root, 'sh', '-euc', command], capture_output=True, text=True, timeout=HUNG)
            return done.returncode, done.stderr

        # What the demos and tests begin with, and the tests on other releases.
        commands = 'scripts/need-namespaces', '. scripts/release-trees; tree_options build'
        for command in commands:
            with self.subTest(command):
                code, said = ended(command)
                self.assertEqual(code, 1)
                self.assertRegex(said, r'^This runs in network and mount namespaces of its own, which cannot be made here: unshare: .*\n'
                                       r'Leave the chroot, run this on the host with its directory, and enter it again: ')
        advice = said.splitlines()[1].partition('again: ')[2]
        run('sh', '-c', advice.replace('DIRECTORY', str(root)))
        for command in commands:
            self.assertEqual(ended(command), (0, ''))

    def test_others_than_root_cannot(self):
        done = subprocess.run(['setpriv', '--reuid', 'nobody', '--clear-groups', 'sh', '-s'], input=SCRIPT.read_text(), capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (1, 'Run this as root: it makes network and mount namespaces.\n'))


if __name__ == '__main__':
    lab.main()
