"""An index that is in a lower layer of overlayfs, as in a container whose image was made while it ran: a process that has mapped it there
sees every change that is made in the upper layer."""

import shutil
import subprocess
import sys

import lab
import sandbox
from calls import call, lease, mac
from lab import INDEX, RUNTIME, SOON, leasectl, wait_until

READER = r'''
import socket, sys
for line in sys.stdin:
    try:
        print(socket.gethostbyname(line.strip()), flush=True)
    except OSError:
        print('-', flush=True)
'''


class LowerLayer(lab.LabTest):

    def setUp(self):
        super().setUp()
        lease(1, 'web')
        leasectl('rebuild')
        layers = sandbox.SCRATCH / 'layers'
        self.addCleanup(shutil.rmtree, layers)
        lower, upper, work = (layers / name for name in ('lower', 'upper', 'work'))
        shutil.copytree(RUNTIME, lower)
        for directory in upper, work:
            directory.mkdir()
        sandbox.run('mount', '-t', 'overlay', 'overlay', '-o', f'lowerdir={lower},upperdir={upper},workdir={work}', RUNTIME)
        self.addCleanup(sandbox.run, 'umount', RUNTIME)
        self.reader = subprocess.Popen([sys.executable, '-c', READER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.end_reader)

    def end_reader(self):
        self.reader.communicate()

    def seen(self, name):
        """What the process that has mapped the index since the beginning says."""
        self.reader.stdin.write(f'{name}\n')
        self.reader.stdin.flush()
        return self.reader.stdout.readline().strip()

    def becomes(self, name, address):
        wait_until(lambda: self.seen(name) == address, SOON, lambda: f'{name} is {address}, not {self.seen(name)}')

    def test_a_process_that_mapped_it_below_sees_what_is_changed_above(self):
        self.assertEqual(self.seen('web'), '10.0.0.1')
        before = INDEX.stat().st_ino
        for number in 2, 3, 4:
            lease(number, f'new{number}')
            self.becomes(f'new{number}', f'10.0.0.{number}')
        call('del', mac(1), '10.0.0.1', 'web')
        self.becomes('web', '-')
        self.assertNotEqual(INDEX.stat().st_ino, before)
        self.assertEqual(self.seen('new4'), '10.0.0.4')


if __name__ == '__main__':
    lab.main()
