"""A 32-bit program on a 64-bit host finds what a 64-bit one does, in the same index."""

import os
import shutil
import subprocess
import sys
import time
import unittest

import lab
import sandbox
from lab import INDEX
from sandbox import TEMPORARY, run

HELPER = '/usr/libexec/nss-leases/leaseshelper'
PROGRAM = sandbox.ROOT / 'tests/nss/lookup_program.cpp'
BUILD = TEMPORARY / 'module'
FAR = 4102444800  # the year 2100, which 32 bits cannot count to


def can_compile():
    probe = '#include <cstdint>\nint main() {}'
    return subprocess.run(['g++', '-m32', '-x', 'c++', '-', '-o', '/dev/null'], input=probe, text=True, stderr=subprocess.DEVNULL).returncode == 0


def event(action, number, name, expiry=FAR):
    address = f'10.{number >> 16}.{number >> 8 & 255}.{number & 255}' if number % 3 else f'fd00::{number:x}'
    hardware = f'02:00:00:{number >> 16:02x}:{number >> 8 & 255:02x}:{number & 255:02x}'
    identity = {'DNSMASQ_IAID': str(number), 'DNSMASQ_MAC': hardware} if ':' in address else {}
    run(HELPER, action, f'00:03:00:01:{hardware}' if identity else hardware, address, name,
        env={**os.environ, 'DNSMASQ_INTERFACE': 'lan', 'DNSMASQ_DOMAIN': 'lab', 'DNSMASQ_LEASE_EXPIRES': str(expiry), **identity})
    return address


def runner():
    """What 32-bit programs are started with: env, or an emulator where the kernel was built without them, as those of many virtual
    machines are."""
    try:
        run(TEMPORARY / '32')
        return ['env']
    except OSError as refusal:
        # qemu-user-static would have the kernel of the machine run foreign programs with it, after the tests, too.
        if not shutil.which('qemu-i386'):
            raise unittest.SkipTest(f'{refusal}: this kernel runs no 32-bit programs, and qemu-i386 is missing; install qemu-user')
    return ['qemu-i386', '-E']


def configure(directory, *options):
    return subprocess.run(['cmake', '--preset', 'i386', '-B', directory, *options], cwd=sandbox.ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True)


class Lookup(lab.LabTest):
    @classmethod
    def setUpClass(cls):
        configured = configure(BUILD)
        assert configured.returncode == 0, configured.stderr
        run('cmake', '--build', BUILD)
        for bits in '32', '64':
            run('g++', f'-m{bits}', '-std=c++20', PROGRAM, '-o', TEMPORARY / bits)
        # Debian's lib32, without multiarch, has its modules elsewhere.
        cls.program = {'32': [*runner(), f'LD_LIBRARY_PATH={BUILD / "lib"}', TEMPORARY / '32'], '64': [TEMPORARY / '64']}

    def look_up(self, bits, *what):
        return run(*self.program[bits], *what)

    def test_every_lease_is_found_by_name_and_by_address(self):
        names, addresses = [], []
        for number in range(1, 120):
            names.append(f'a-rather-long-name-of-machine-{number}' if number % 2 else f'vm{number}')
            addresses.append(event('add', number, names[-1]))
            # So that there are a snapshot and overlays.
            if number == 60:
                run('leasectl', 'rebuild')
        what = [*names, *addresses, *(f'{name}.lab' for name in names), 'nobody', '192.0.2.99']
        found = self.look_up('32', *what)
        self.assertEqual(found.splitlines(), self.look_up('64', *what).splitlines())
        for name, address in zip(names, addresses):
            self.assertIn(f'{name} {address}\n', found)
            self.assertIn(f'{address} {name}.lab {name}\n', found)
        self.assertIn('192.0.2.99 has no name\n', found)

    def test_a_process_sees_what_changes(self):
        program = subprocess.Popen([*self.program['32'], '-'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.addCleanup(program.communicate)

        def answer(what):
            program.stdin.write(f'{what}\n')
            return program.stdout.readline()

        event('add', 1, 'before')
        self.assertEqual(answer('before'), 'before 10.0.0.1\n')
        event('old', 1, 'after')
        self.assertEqual(answer('after'), 'after 10.0.0.1\n')
        run('leasectl', 'rebuild')
        event('add', 2, 'another')
        self.assertEqual(answer('10.0.0.2'), '10.0.0.2 another.lab another\n')
        self.assertEqual(answer('after'), 'after 10.0.0.1\n')

    def test_a_lease_ends_in_its_second(self):
        event('add', 1, 'vm1', int(time.time()) - 1)
        event('add', 2, 'vm2', int(time.time()) + 3600)
        self.assertNotIn('10.0.0.1', self.look_up('32', 'vm1'))
        self.assertEqual(self.look_up('32', 'vm2'), 'vm2 10.0.0.2\n')

    def test_an_index_from_after_2038_is_read(self):
        event('add', 1, 'vm1')
        os.utime(INDEX, (FAR, FAR))
        self.assertEqual(self.look_up('32', 'vm1'), 'vm1 10.0.0.1\n')


class Build(unittest.TestCase):

    def test_a_processor_that_would_need_a_lock_for_64_bits_is_refused_in_words(self):
        refused = configure(TEMPORARY / 'refused', '-DCMAKE_CXX_FLAGS=-m32 -march=i486')
        self.assertNotEqual(refused.returncode, 0)
        self.assertRegex(' '.join(refused.stderr.split()), 'cannot load and store 64 bits at once.*-march=i586')


if __name__ == '__main__':
    if not can_compile():
        print('skipped: there is no compiler for 32-bit programs; install g++-multilib')
        sys.exit(sandbox.SKIPPED)
    lab.main()
