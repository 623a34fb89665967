"""A host that shares very many leases."""

import signal

import cluster
import lab
from cluster import Hypervisor
from share_test import ShareTest, changes, known, write_leases
from waiting import HUNG, SOON, wait_until


class Many(ShareTest):

    def test_a_host_with_20000_leases(self):
        one, runner = self.hypervisor('hv1'), self.reader()
        empty = self.etcd.revision()
        addresses = write_leases(one, 20_000)
        wait_until(lambda: known(runner) == addresses, HUNG, 'all leases, and no others')
        filled = self.etcd.revision()
        self.assertLess(filled - empty, 20_000 / 20, 'leases are not published in batches')
        with self.subTest('one of them changes'):
            addresses = write_leases(one, 19_999)
            wait_until(lambda: known(runner) == addresses, HUNG, 'one lease less')
            self.assertEqual(runner.resolve('vm-19999'), set())
            self.assertLess(self.etcd.revision() - filled, 20, 'all leases are published again')
        with self.subTest('it dies'):
            one.die()
            wait_until(lambda: not runner.leases(), HUNG, 'no lease')

    def test_the_log_is_compacted_under_a_reader_that_is_slow(self):
        one, runner = Hypervisor(self, 'hv1', self.etcd).start(), self.reader()
        write_leases(one, 1)
        runner.resolves('vm-0', '10.64.0.0')
        slow = runner.programs['share']
        slow.send_signal(signal.SIGSTOP)
        write_leases(one, 20_000)
        last = f'{cluster.PREFIX}hv1/lab/10.64.{19_999 >> 8}.{19_999 & 255}'
        wait_until(lambda: self.etcd.control('get', '--keys-only', last), HUNG, f'{last} is there')
        addresses = write_leases(one, 19_000)
        wait_until(lambda: not self.etcd.control('get', '--keys-only', last), HUNG, f'{last} goes')
        self.etcd.control('compact', self.etcd.revision())
        slow.send_signal(signal.SIGCONT)
        wait_until(lambda: known(runner) == addresses, HUNG, 'all leases, and no others')
        self.assertIn('has compacted', runner.log(), 'it was not slow enough')


class Restarts(ShareTest):
    """It takes longer to publish so many leases again than etcd keeps them without a sign of life."""

    COUNT = 30_000

    def setUp(self):
        super().setUp()
        self.one, self.runner = Hypervisor(self, 'hv1', self.etcd).start(), self.reader()
        addresses = write_leases(self.one, self.COUNT)
        wait_until(lambda: known(self.runner) == addresses, HUNG, 'all leases')
        self.watch = self.runner.watch()

    def only_the_last_has_gone(self):
        wait_until(lambda: changes(self.watch), SOON, 'a change')
        self.assertEqual(changes(self.watch), [('released', f'vm-{self.COUNT - 1}')])

    def test_a_host_that_is_restarted_loses_no_name(self):
        before = self.etcd.leases()
        self.one.end('share')
        self.one.start('share')
        # What the last run published goes with its lease of etcd's, when everything is published again.
        wait_until(lambda: self.etcd.leases().isdisjoint(before), HUNG, self.one.log)
        addresses = write_leases(self.one, self.COUNT - 1)
        wait_until(lambda: known(self.runner) == addresses, HUNG, 'a change after it')
        self.only_the_last_has_gone()

    def test_a_reader_that_is_restarted_loses_no_name_and_learns_what_went_meanwhile(self):
        self.runner.end('share')
        addresses = write_leases(self.one, self.COUNT - 1)
        key = f'{cluster.PREFIX}hv1/lab/10.64.{self.COUNT - 1 >> 8}.{self.COUNT - 1 & 255}'
        wait_until(lambda: not self.etcd.control('get', '--keys-only', key), HUNG, f'{key} goes')
        self.runner.start('share')
        wait_until(lambda: known(self.runner) == addresses, HUNG, 'one lease less')
        self.only_the_last_has_gone()


if __name__ == '__main__':
    lab.main()
