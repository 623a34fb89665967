"""Leases that dnsmasq no longer has: one was taken out of its lease file while it was stopped, or the whole file is lost. At its next start
it reports the leases that it still has, and all others are gone."""

import threading

import lab
from lab import Udhcpc, resolve, reverse, status
from sources import CONFIGURATION, configure, dnsmasq_leases, follower


class Missed:
    """A context manager: whether a name was missing at any time meanwhile."""

    def __init__(self, name):
        self.name = name
        self.over = threading.Event()
        self.misses = self.looks = 0
        self.thread = threading.Thread(target=self._look)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def _look(self):
        while not self.over.wait(0.01):
            self.looks += 1
            self.misses += not resolve(self.name)


class LeaseFileEdited(lab.LabTest):

    def without(self, network, name):
        """Takes a lease out of the file, as one does to drop it, with dnsmasq stopped."""
        network.stop()
        lines = network.lease_file.read_text().splitlines(keepends=True)
        kept = [line for line in lines if f' {name} ' not in line]
        self.assertEqual(len(kept), len(lines) - 1)
        network.lease_file.write_text(''.join(kept))

    def test_a_lease_whose_line_was_deleted_is_gone_after_the_start_and_the_others_were_there_all_the_time(self):
        self.only_what_was_deleted_is_gone('1h')

    def test_so_is_one_that_would_never_have_ended(self):
        self.only_what_was_deleted_is_gone('infinite')

    def only_what_was_deleted_is_gone(self, lease):
        network = self.network(lease=lease)
        _, client, old = self.join(network, 'web')
        _, _, address = self.join(network, 'db')
        client.kill()
        with Missed('db') as missed:
            self.without(network, 'web')
            network.start()
            self.is_gone('web')
        self.assertEqual((missed.misses, reverse(old)), (0, []))
        self.assertGreater(missed.looks, 0)
        self.assertEqual([entry['hostname'] for entry in status(network)], ['db'])
        again = self.host(network, 'again')
        Udhcpc(again, 'web')
        self.resolves('web', again.address())
        self.assertEqual(resolve('db'), {address})

    # A dnsmasq that starts without any lease reports nothing until it gives one.

    def test_the_last_lease_is_gone_with_the_first_new_one(self):
        network = self.network(lease='infinite')
        _, client, _ = self.join(network, 'web')
        client.kill()
        self.without(network, 'web')
        network.start()
        _, _, address = self.join(network, 'new')
        self.is_gone('web')
        self.assertEqual(resolve('new'), {address})

    def test_with_the_file_all_leases_are_gone_as_soon_as_there_is_a_new_one(self):
        network = self.network(lease='infinite')
        other = self.network('other', lease='infinite')
        _, _, elsewhere = self.join(other, 'elsewhere')
        for name in 'web', 'db':
            self.join(network, name)[1].kill()
        network.stop()
        network.lease_file.unlink()
        with Missed('elsewhere') as missed:
            network.start()
            _, _, address = self.join(network, 'new')
            for name in 'web', 'db':
                self.is_gone(name)
            lab.leasectl('rebuild')
        self.assertEqual((missed.misses, resolve('elsewhere')), (0, {elsewhere}))
        self.assertEqual([entry['hostname'] for entry in status(network)], ['new'])
        self.assertEqual((resolve('web'), resolve('db'), resolve('new')), (set(), set(), {address}))

    def test_of_two_interfaces_of_one_dnsmasq_each_keeps_what_it_has(self):
        second = self.network('second', lease='infinite')
        second.stop()
        first = self.network('first', lease='infinite', options=[
            f'interface={second.name}', f'dhcp-range={second.v4}.100,{second.v4}.249,infinite'])
        _, client, _ = self.join(first, 'web')
        _, _, kept = self.join(second, 'db', served_by=first)
        client.kill()
        self.without(first, 'web')
        first.start()
        self.is_gone('web')
        self.assertEqual(resolve('db'), {kept})
        self.assertEqual([entry['hostname'] for entry in status(second)], ['db'])

    def test_where_a_source_is_followed_its_lease_goes_with_its_line(self):
        network = self.network(is_told=False, lease='infinite')
        configure(dnsmasq_leases(network.lease_file, network='lan'))
        self.addCleanup(CONFIGURATION.unlink)
        follower(self)
        _, client, _ = self.join(network, 'web')
        _, _, address = self.join(network, 'db')
        client.kill()
        with Missed('db') as missed:
            self.without(network, 'web')
            network.start()
            self.is_gone('web')
        self.assertEqual((missed.misses, resolve('db')), (0, {address}))


if __name__ == '__main__':
    lab.main()
