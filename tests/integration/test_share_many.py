"""A host that shares very many leases."""

import lab
from share_test import ShareTest, write_leases
from waiting import SOON, wait_until


class Many(ShareTest):

    def test_a_host_with_20000_leases(self):
        one, runner = self.hypervisor('hv1'), self.reader()
        addresses = write_leases(one, 20_000)
        wait_until(lambda: {(lease['hostname'], lease['ip-address']) for lease in runner.leases()} == addresses, 10 * SOON, 'all leases, and no others')
        with self.subTest('one of them changes'):
            addresses = write_leases(one, 19_999)
            wait_until(lambda: {(lease['hostname'], lease['ip-address']) for lease in runner.leases()} == addresses, 10 * SOON, 'one lease less')
            self.assertEqual(runner.resolve('vm-19999'), set())
        with self.subTest('it dies'):
            one.die()
            wait_until(lambda: not runner.leases(), 10 * SOON, 'no lease')


if __name__ == '__main__':
    lab.main()
