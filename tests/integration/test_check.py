"""leasectl check: what it finds in the store itself, and how it says so."""

import json
import os
import pathlib
import pwd
import shutil
import stat
import subprocess
import time

import lab
import sandbox
from check import CONFIGURATION, NSSWITCH, SCHEMA, CheckTest, lease_of, leasectl_check, replace
from lab import INDEX, RUNTIME, STATE, resolve, run, status_file
from network import HELPER
from program import Program
from waiting import wait_until

TERABYTE = 1 << 40
OFFSET_OF_VERSION = 8
OFFSET_OF_BYTE_ORDER = 12
NOBODY = pwd.getpwnam('nobody').pw_uid


class Check(CheckTest):

    # All is well

    def test_when_all_is_well_it_says_what_it_looked_at(self):
        topics = {finding['topic'] for finding in self.well('web')['findings']}
        self.assertEqual(topics, set(SCHEMA['$defs']['finding']['properties']['topic']['enum']))
        done = leasectl_check('web')
        self.assertEqual(done.returncode, 0)
        self.assertTrue(all(line.startswith('ok ') for line in done.stdout.splitlines()), done.stdout)
        self.assertIn(f'web is {self.web} (IPv4 only)', done.stdout)

    def test_it_works_as_any_user(self):
        self.well('web', user='nobody')

    def test_it_writes_nothing(self):
        def identities():
            files = [path for directory in (STATE, RUNTIME) for path in directory.rglob('*') if path.is_file()]
            return {path: lab.identity(path) for path in files}

        before = identities()
        self.well('web')
        self.assertEqual(identities(), before)

    def test_a_wrong_command_line_is_status_2(self):
        self.assertEqual(leasectl_check('--yaml').returncode, 2)

    # Index

    def test_an_index_that_is_not_believed(self):
        sound = INDEX.read_bytes()

        def with_bytes(offset, value):
            return lambda: replace(INDEX, sound[:offset] + value + sound[offset + len(value):])

        def symlink():
            INDEX.rename(RUNTIME / 'elsewhere')
            INDEX.symlink_to(RUNTIME / 'elsewhere')

        def anew(make, *arguments):
            def break_it():
                INDEX.unlink()
                make(INDEX, *arguments)
            return break_it

        def sparse():
            replace(INDEX, sound)
            os.truncate(INDEX, TERABYTE)

        cases = {
            'does not exist': INDEX.unlink,
            "is shorter than an index's header (63 bytes)": lambda: replace(INDEX, sound[:63]),
            "is shorter than an index's header (0 bytes)": lambda: replace(INDEX),
            f'is damaged ({len(sound) // 2} bytes)': lambda: replace(INDEX, sound[:len(sound) // 2]),
            f'is damaged ({TERABYTE} bytes)': sparse,
            'is not an index of nss-leases': with_bytes(0, b'NSS'),
            'was written by another version': with_bytes(OFFSET_OF_VERSION, b'\xff'),
            'was written on a machine with another byte order': with_bytes(OFFSET_OF_BYTE_ORDER, b'\1\2\3\4'),
            'can be written by group or others (user 0, mode 0664)': lambda: INDEX.chmod(0o664),
            f'is owned by user {NOBODY}': lambda: os.chown(INDEX, NOBODY, -1),
            'is a symbolic link': symlink,
            'is a FIFO': anew(os.mkfifo),
            'is a device': anew(os.mknod, 0o600 | stat.S_IFCHR, os.makedev(1, 5)),
            'is a directory': anew(os.mkdir),
            '/run/nss-leases can be written by group or others (user 0, mode 0775)': lambda: RUNTIME.chmod(0o775),
            '/run/nss-leases does not exist': lambda: shutil.rmtree(RUNTIME),
        }
        for text, break_it in cases.items():
            with self.subTest(text):
                break_it()
                self.assertEqual(resolve('web'), set())
                self.fixed('index', text, 'web')

    def test_an_index_that_this_user_cannot_read(self):
        INDEX.chmod(0o600)
        self.fixed('index', 'cannot be opened by this user', 'web', user='nobody')

    def test_an_index_where_the_module_does_not_look(self):
        CONFIGURATION.write_text('runtime-directory = "/run/elsewhere"\n')
        self.fixed('index', 'the module looks only in /run/nss-leases')

    def test_what_is_wrong_with_the_configuration(self):
        CONFIGURATION.write_text('colour = "\\u001b[31m"\n')
        self.found('configuration', 'line 1')
        CONFIGURATION.write_text('state-directory =\n')
        self.assertIn('saw the end of the line', self.found('configuration', 'line 1')['text'])

    def test_the_configuration_that_was_read_is_the_one_to_edit(self):
        other = sandbox.SCRATCH / "it's another.conf"
        other.write_text('[names]\ndeny = ["web"]\n')
        self.addCleanup(other.unlink)
        word = "'" + str(other).replace("'", "'\\''") + "'"
        lease_of('wpad', '10.77.250.2', int(time.time()) + 3600)
        remedy = self.found('name', 'since the policy changed', 'web', '--config', str(other))['remedy']
        self.assertEqual(remedy, f'leasectl --config {word} rebuild')
        run('sh', '-c', remedy)
        self.assertEqual(self.found('name', 'is denied', 'web', '--config', str(other))['look-at'],
                         f'${{EDITOR:-vi}} {word} && leasectl --config {word} rebuild')

    # Status files

    def test_status_files_that_the_index_does_not_know(self):
        path = status_file(self.lan)
        other = STATE / 'other.status'
        cases = {
            'was changed': lambda: replace(path, path.read_bytes() + b'\n'),
            'other.status is a FIFO': lambda: os.mkfifo(other),
            'other.status is a symbolic link': lambda: other.symlink_to('/etc/passwd'),
            'set aside': (STATE / 'lan.status.damaged-20261123T120000Z').touch,
            'does not exist, but the index still has leases from it': path.unlink,
        }
        for text, break_it in cases.items():
            with self.subTest(text):
                break_it()
                self.fixed('status', text)

    def test_a_state_directory_that_was_removed(self):
        shutil.rmtree(STATE)
        self.fixed('status', f'{STATE} does not exist, but the index still has leases from there')
        self.assertNotEqual(resolve('web'), set())

    def test_a_state_directory_that_is_misspelt_costs_no_name(self):
        for key in 'state-directory', '"state-directory"', "'state-directory'":
            CONFIGURATION.write_text(f'{key} = "/var/lib/nss_leases"\n')
            self.fixed('status', f'there are status files in {STATE}', 'web')
            self.assertEqual(resolve('web'), {self.web})

    def other_store(self):
        """A directory that is not there, and that the configuration names."""
        directory = sandbox.SCRATCH / 'other store'
        self.addCleanup(shutil.rmtree, directory, ignore_errors=True)
        CONFIGURATION.write_text(f'state-directory = "{directory}"\n')
        return directory

    def test_nothing_is_rebuilt_from_a_directory_that_was_never_a_store(self):
        other = self.other_store()
        lock = other / 'lock'
        # A stray lock is none of a store's: what was written with a misspelt name left it there.
        for make in (lambda: None, other.mkdir, lock.touch, (other / 'servers').mkdir):
            make()
            for words in ['rebuild'], ['import'], ['lease-file', 'take', '/dev/null']:
                with self.subTest(words, files=sorted(other.glob('*'))):
                    done = subprocess.run(['leasectl', *words], capture_output=True, text=True)
                    self.assertEqual(done.returncode, 3, done)
                    self.assertIn(f'there was never a lease in it, and there are status files in {STATE}', done.stderr)
                    self.assertEqual(resolve('web'), {self.web})
                    self.found('status', f'there are status files in {STATE}')
        self.assertIn(f'or stop dnsmasq and move {STATE} there as a whole', done.stderr)
        self.assertEqual(sorted(other.rglob('*')), [lock, other / 'servers'])
        shutil.rmtree(other)
        shutil.move(STATE, other)
        run('leasectl', 'rebuild')
        self.well('web')

    def test_a_store_without_a_lease_is_a_store(self):
        other = self.other_store()
        shutil.copytree(STATE, other)
        (other / 'lan.status').unlink()
        run('leasectl', 'import')
        run('leasectl', 'rebuild')

    def test_what_follows_waits_for_the_right_directory(self):
        other = self.other_store()
        follow = Program(self, 'leasectl', 'import', '--follow')
        wait_until(lambda: 'there was never a lease in it' in follow.err.read_text(), lab.SOON, 'its message')
        self.assertFalse(other.exists())
        CONFIGURATION.unlink()
        wait_until(follow.out.read_text, lab.SOON, 'an import')
        self.assertEqual(resolve('web'), {self.web})

    def test_status_files_without_an_index(self):
        INDEX.unlink()
        self.found('status', 'without an index', severity='unknown')
        self.found('name', 'without an index', 'web', severity='unknown')

    def test_a_state_directory_that_is_closed_to_this_user(self):
        for mode in 0o700, 0o744, 0o711:
            with self.subTest(mode=oct(mode)):
                STATE.chmod(mode)
                self.well(user='nobody')
                self.found('status', f'{STATE} is not readable by this user', severity='unknown', user='nobody')
                self.assertNotIn('unknown', json.dumps(self.well()))

    # Installations

    def test_an_installation_elsewhere_does_not_say_where_this_one_came_from(self):
        here = pathlib.Path(HELPER).with_name('installed-from')
        here.write_text('/the/build/of/this/one\n')
        prefix = sandbox.SCRATCH / 'elsewhere'
        run('cmake', f'-DCMAKE_INSTALL_PREFIX={prefix}', '-P', sandbox.build_directory() / 'cli/cmake_install.cmake')
        self.assertEqual(here.read_text(), '/the/build/of/this/one\n')
        self.assertEqual((prefix / 'libexec/nss-leases/installed-from').read_text(), f'{sandbox.build_directory()}\n')

    # What is read is not trusted

    def test_control_characters_are_escaped(self):
        NSSWITCH.write_text('hosts: files \x1b]0;\x07\n')
        done = leasectl_check('we\x1bb')
        self.assertEqual(done.returncode, 1)
        self.assertTrue(all(' ' <= c <= '~' or c == '\n' for c in done.stdout), done.stdout)
        self.assertIn('files \\x1b]0;\\x07', done.stdout)


if __name__ == '__main__':
    lab.main()
