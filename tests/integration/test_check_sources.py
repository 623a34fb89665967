"""leasectl check: other programs' files, from which leases are imported."""

import json
import pathlib
import shutil

import lab
from check import CheckTest
from lab import resolve, run
from sandbox import SCRATCH
from sources import configure, dnsmasq_leases

FOREVER = 4102444800
INCUS = pathlib.Path('/var/lib/incus/networks')


class CheckSources(CheckTest):

    def test_files_that_the_index_does_not_know(self):
        file = SCRATCH / 'other.leases'
        file.write_text(f'{FOREVER} 52:54:00:88:00:01 10.88.0.1 one *\n')
        configure(dnsmasq_leases(file))
        self.fixed('sources', f'{file} was written, and the index is not up to date with it')
        self.assertEqual(resolve('one'), {'10.88.0.1'})
        file.write_text(f'{FOREVER} 52:54:00:88:00:01 10.88.0.1 two *\n')
        self.fixed('sources', f'{file} was written, and the index is not up to date with it', 'web')
        self.assertEqual((resolve('one'), resolve('two')), (set(), {'10.88.0.1'}))
        file.unlink()
        self.fixed('sources', f'{file} does not exist, but the index still has it')
        self.assertEqual(resolve('two'), set())
        file.write_text(f'{FOREVER} 52:54:00:88:00:01 10.88.0.1 three *\n')
        run('leasectl', 'import')
        configure()
        self.fixed('sources', f'{file} is not a source any more, but the index still has it')
        self.assertEqual(resolve('three'), set())

    def incus(self):
        """A network as Incus has them, whose dnsmasq is told nothing of the helper."""
        self.addCleanup(shutil.rmtree, INCUS.parent)
        directory = INCUS / 'incusbr0'
        directory.mkdir(parents=True)
        network = self.network('incusbr0', is_told=False, lease_file=directory / 'dnsmasq.leases', options=('user=dnsmasq',))
        client = self.host(network, 'c1')
        lab.Udhcpc(client, 'c1')
        return network, client.address(4)

    def test_leases_of_incus(self):
        network, address = self.incus()
        self.fixed('dnsmasq', f'its lease file, {network.lease_file}, is not imported')
        self.assertEqual(resolve('c1'), {address})

    def test_a_user_who_may_not_list_a_directory_is_told_that_and_nothing_else(self):
        network, _ = self.incus()
        configure(dnsmasq_leases(INCUS / '*/dnsmasq.leases'))
        run('leasectl', 'import')
        self.assertIn(f'its leases are imported from {network.lease_file}', json.dumps(self.well(user='nobody')))
        INCUS.chmod(0o711)
        self.found('sources', f'{INCUS}: cannot be read: Permission denied', severity='unknown', user='nobody')
        self.assertIn(f'its leases are imported from {network.lease_file}', json.dumps(self.well(user='nobody')))


if __name__ == '__main__':
    lab.main()
