"""What is appended to Kea's lease file is read, and the rest of a long file is not."""

import re

import lab
from import_lab import ImportTest
from sandbox import SCRATCH, run
from sources import configure, follower, import_once

COLUMNS = 'address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context\n'
MANY = 100_000


def row(number, name, lifetime=4000000000):
    mac = ':'.join(f'{byte:02x}' for byte in (0x525400000000 + number).to_bytes(6, 'big'))
    return f'10.{number >> 16}.{number >> 8 & 255}.{number & 255},{mac},01:{mac},{lifetime},6000000000,1,0,0,{name},0,\n'


class Appended(ImportTest):

    def setUp(self):
        super().setUp()
        self.file = self.written('kea-leases4.csv', COLUMNS + ''.join(row(number, f'vm-{number}') for number in range(MANY)))
        configure({'kind': 'kea-leases', 'path': self.file, 'network': 'lan'})
        import_once()

    def append(self, text):
        with self.file.open('a') as file:
            file.write(text)

    @staticmethod
    def bytes_read():
        """Of all files, by an import."""
        trace = SCRATCH / 'trace'
        run('strace', '-f', '-e', 'trace=read,pread64', '-o', trace, 'leasectl', 'import')
        return sum(map(int, re.findall(r'= (\d+)$', trace.read_text(), re.M)))

    def test_a_row_more_costs_what_it_is_long(self):
        self.append(row(7, 'renamed'))
        read = self.bytes_read()
        self.resolves('renamed', '10.0.0.7')
        self.assertLess(read, 100_000, f'{read} bytes, and the file has {self.file.stat().st_size}')
        # As much as when nothing is new, but for what shows that the file only grew.
        self.append(''.join(row(number, f'api-{number}') for number in range(300, 310)) + row(8, 'vm-8', 0))
        self.assertLess(self.bytes_read() - read, 30_000)
        self.resolves('api-305', '10.0.1.49')
        self.is_gone('vm-8')
        self.resolves('vm-9', '10.0.0.9')
        self.resolves(f'vm-{MANY - 1}', '10.1.134.159')

    def test_a_long_file_that_grows_is_followed(self):
        follow = follower(self)
        for number in range(20):
            self.append(row(number, f'new-{number}'))
            self.resolves(f'new-{number}', f'10.0.0.{number}')
            self.assertEqual(lab.resolve(f'vm-{number}'), set())
        self.assertEqual(follow.err.read_text(), '')


if __name__ == '__main__':
    lab.main()
