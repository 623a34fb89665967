"""leasectl export --output: whose files it writes, and how."""

import os
import pathlib
import subprocess

import lab
from calls import lease
from lab import leasectl, run
from sandbox import SCRATCH


def hosts():
    return run('leasectl', 'export', 'hosts')


class Output(lab.LabTest):

    def setUp(self):
        super().setUp()
        lease(1, 'web')
        self.assertIn('web', hosts())

    def test_output_takes_the_place_of_the_file_at_once_and_keeps_it_when_it_cannot(self):
        file = SCRATCH / 'hosts'
        file.write_text('before')
        kept = file.open()
        leasectl('export', 'hosts', '--output', file)
        self.assertEqual((kept.read(), file.read_text(), file.stat().st_mode & 0o777), ('before', hosts(), 0o644))
        self.assertEqual([other.name for other in SCRATCH.iterdir() if other.name.startswith('.')], [])
        full = subprocess.run(['sh', '-c', f'ulimit -f 0; leasectl export hosts --output {file}'], capture_output=True, text=True)
        self.assertEqual((full.returncode, file.read_text()), (3, hosts()))
        self.assertIn(str(file), full.stderr)
        self.assertEqual([other.name for other in SCRATCH.iterdir() if other.name.startswith('.')], [])

    def test_output_keeps_the_mode_and_owner_of_the_file_and_gives_a_new_one_what_the_umask_leaves(self):
        private = SCRATCH / 'private'
        private.touch()
        os.chown(private, 12345, 54321)
        private.chmod(0o640)
        leasectl('export', 'hosts', '--output', private)
        status = private.stat()
        self.assertEqual((status.st_mode & 0o777, status.st_uid, status.st_gid), (0o640, 12345, 54321))
        self.assertEqual(private.read_text(), hosts())
        for umask, mode in ('077', 0o600), ('002', 0o664):
            new = SCRATCH / f'new-{umask}'
            run('sh', '-c', f'umask {umask}; leasectl export hosts --output {new}')
            self.assertEqual(new.stat().st_mode & 0o777, mode)

    def test_output_follows_links_and_makes_what_they_lead_to(self):
        (SCRATCH / 'far').mkdir()
        there, nothing = SCRATCH / 'far/there', SCRATCH / 'far/nothing'
        there.touch()
        for target in there, nothing:
            with self.subTest(target=target.name):
                second = SCRATCH / f'far/to-{target.name}'
                second.symlink_to(target.name)
                first = SCRATCH / f'to-{target.name}'
                first.symlink_to(second)
                leasectl('export', 'hosts', '--output', first)
                self.assertTrue(first.is_symlink() and second.is_symlink())
                self.assertEqual(target.read_text(), hosts())
        circle = SCRATCH / 'circle'
        circle.symlink_to(circle)
        refused = subprocess.run(['leasectl', 'export', 'hosts', '--output', circle], capture_output=True, text=True)
        self.assertEqual((refused.returncode, circle.is_symlink()), (3, True))
        self.assertIn(str(circle), refused.stderr)

    def shared_directory(self, name, mode=0o1777):
        directory = SCRATCH / name
        directory.mkdir()
        directory.chmod(mode)
        return directory

    def test_output_does_not_follow_the_link_that_another_user_put_there(self):
        precious = SCRATCH / 'precious'
        precious.write_text('precious')
        precious.chmod(0o600)
        directory = self.shared_directory('shared')
        planted = directory / 'hosts'
        planted.symlink_to(precious)
        os.lchown(planted, 12345, 12345)
        leasectl('export', 'hosts', '--output', planted)
        self.assertEqual((precious.read_text(), planted.is_symlink(), planted.read_text()), ('precious', False, hosts()))
        self.assertEqual((planted.stat().st_uid, planted.stat().st_mode & 0o777), (0, 0o644))
        self.assertEqual([other.name for other in directory.iterdir()], ['hosts'])

    def test_output_does_not_go_through_a_directory_that_another_user_linked(self):
        directory = self.shared_directory('shared-way')
        (SCRATCH / 'elsewhere').mkdir()
        planted = directory / 'way'
        planted.symlink_to(SCRATCH / 'elsewhere')
        os.lchown(planted, 12345, 12345)
        refused = subprocess.run(['leasectl', 'export', 'hosts', '--output', planted / 'hosts'], capture_output=True, text=True)
        self.assertEqual((refused.returncode, list((SCRATCH / 'elsewhere').iterdir())), (3, []))
        self.assertIn(f'leads through {planted}, a symbolic link of another user', refused.stderr)

    def test_output_is_not_given_to_who_put_a_file_there(self):
        for mode, owner in (0o1777, 0), (0o755, 12345):
            with self.subTest(mode=mode):
                planted = self.shared_directory(f'shared-{mode}', mode) / 'hosts'
                planted.touch()
                os.chown(planted, 12345, 12345)
                planted.chmod(0o666)
                leasectl('export', 'hosts', '--output', planted)
                status = planted.stat()
                self.assertEqual((status.st_uid, status.st_mode & 0o777), (owner, 0o666 if owner else 0o644))
                self.assertEqual(planted.read_text(), hosts())

    def test_output_needs_a_file(self):
        refused = subprocess.run(['leasectl', 'export', 'hosts', '--output', ''], capture_output=True, text=True)
        self.assertEqual((refused.returncode, refused.stdout), (2, ''))
        self.assertIn('--output', refused.stderr)

    def test_output_does_not_take_the_place_of_a_device(self):
        refused = subprocess.run(['leasectl', 'export', 'hosts', '--output', '/dev/null'], capture_output=True, text=True)
        self.assertEqual(refused.returncode, 3)
        self.assertTrue(pathlib.Path('/dev/null').is_char_device())


if __name__ == '__main__':
    lab.main()
