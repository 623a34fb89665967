"""What the tests of leasectl import share."""

import contextlib
import pathlib
import shutil

import lab
from lab import Udhcpc
from sandbox import SCRATCH
from sources import CONFIGURATION
from waiting import wait_until

# Looks up a name until its standard input ends, then prints how often it was found and how often it was not.
READER = '''
import select, socket, sys
found = missed = 0
# However slow the machine is, it looks a hundred times.
while found + missed <= 100 or not select.select([sys.stdin], [], [], 0)[0]:
    try:
        socket.getaddrinfo(sys.argv[1], None)
        found += 1
    except socket.gaierror:
        missed += 1
print(found, missed)
'''


def row(number, name, expiry=4102444800):
    """A line of dnsmasq's lease file."""
    return f'{expiry} 52:54:00:01:{number >> 8:02x}:{number & 255:02x} 10.1.{number >> 8}.{number & 255} {name} *\n'


def inject(path, error):
    """The beginning of a command line: the command after it can neither list a directory nor open anything in it."""
    return 'strace', '-f', '-o', '/dev/null', '-P', path, '-P', f'{path}/', '-e', f'inject=openat:error={error}'


class ImportTest(lab.LabTest):

    def setUp(self):
        super().setUp()
        CONFIGURATION.unlink(missing_ok=True)
        self.addCleanup(CONFIGURATION.unlink, missing_ok=True)

    def untold(self, name='lan', **options):
        """A network whose dnsmasq runs no helper."""
        return self.network(name, is_told=False, **options)

    def written(self, name='rows.leases', text=''):
        """A lease file that the test writes itself."""
        file = SCRATCH / 'written' / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        self.addCleanup(file.unlink, missing_ok=True)
        return file

    def closed(self, file):
        """A lease file, alone in its directory."""
        own = file.parent / 'own'
        own.mkdir(exist_ok=True)
        self.addCleanup(shutil.rmtree, own)
        return own / file.name

    def machine(self, network, name, kind=Udhcpc, family=4):
        """A machine with a lease, which dnsmasq has written to its file: the host, its client and its address."""
        host = self.host(network, name)
        client = kind(host, name, **({'family': family} if family != 4 else {}))
        address = host.address(family)
        wait_until(lambda: f' {address} {name} ' in network.lease_file.read_text(), lab.SOON, 'a line for the lease')
        return host, client, address

    @staticmethod
    def watches(follow):
        """The number of directories and files that are watched."""
        def lines(path):
            # What is open for a moment may be closed by now.
            with contextlib.suppress(FileNotFoundError):
                return path.read_text()
            return ''

        return sum(lines(path).count('inotify wd:') for path in pathlib.Path(f'/proc/{follow.process.pid}/fdinfo').iterdir())
