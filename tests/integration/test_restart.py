"""dnsmasq starts again, or reads its files again, and tells the helper of every lease once more."""

import shutil
from concurrent.futures import ThreadPoolExecutor

import lab
from lab import INDEX, STATE, Dhclient, identity, resolve, status, status_file, wait_until


class Restart(lab.LabTest):

    def test_a_restart_that_changes_nothing_writes_nothing(self):
        self.nothing_is_written_by(lab.Network.restart)

    def test_a_reload_that_changes_nothing_writes_nothing(self):
        self.nothing_is_written_by(lab.Network.reload)

    def nothing_is_written_by(self, action):
        network = self.network(families=(4, 6), domain='lan.test', recorded=True)
        crowd = dict(self.burst(network, 30, 'crowd'))
        _, _, six = self.join(network, 'six', Dhclient, family=6)
        addresses = {*crowd, six}
        self.all_reported(network, addresses)
        files = status_file(network), INDEX
        before = [identity(file) for file in files]
        listing = sorted(STATE.iterdir())

        told = self.told_again(network, addresses, action)
        self.assertEqual({tuple(call.split()[:2]) for call in told}, {('0', 'old')})
        self.assertEqual([identity(file) for file in files], before)
        self.assertEqual(sorted(STATE.iterdir()), listing)
        self.assertEqual(resolve('six.lan.test'), {six})
        for address, name in crowd.items():
            self.assertEqual(resolve(name), {address})

        self.join(network, 'newcomer')
        for file, old in zip(files, before):
            self.assertNotEqual(identity(file), old, 'a change must be visible to this test')

    def test_restarts_with_calls_still_queued_lose_nobody(self):
        network = self.network()
        with ThreadPoolExecutor() as pool:
            crowd = pool.submit(self.burst, network, 100, 'crowd')
            for arrived in 20, 50, 80:
                wait_until(lambda: len(status(network)) >= arrived, lab.SOON, f'{arrived} leases')
                network.restart()
            crowd = crowd.result()
        self.assertEqual(len(crowd), 100)
        # What dnsmasq believes when all is quiet is what the helper must have written.
        believed = sorted(tuple(line.split()[2:4]) for line in network.lease_file.read_text().splitlines())
        self.assertEqual(sorted(crowd), believed)
        wait_until(lambda: len(status(network)) >= 100, lab.SOON, 'a record of every lease')
        self.assertEqual(sorted((entry['ip-address'], entry['hostname']) for entry in status(network)), believed)
        for address, name in crowd:
            self.assertEqual(resolve(name), {address})

    def test_names_are_answered_while_dnsmasq_is_down(self):
        network = self.network()
        _, _, address = self.join(network, 'web')
        network.stop()
        self.assertEqual(resolve('web'), {address})
        network.start()
        self.assertEqual(resolve('web'), {address})

    def test_names_are_back_after_a_reboot_as_soon_as_dnsmasq_runs(self):
        network = self.network()
        _, _, address = self.join(network, 'web')
        network.stop()
        shutil.rmtree(lab.RUNTIME)
        self.assertEqual(resolve('web'), set())
        network.start()
        self.resolves('web', address)

    def test_a_lease_that_ended_while_dnsmasq_was_down_is_gone(self):
        network = self.network()
        self.join(network, 'ended')
        _, _, address = self.join(network, 'lives')
        network.stop()
        lines = network.lease_file.read_text().splitlines()
        network.lease_file.write_text(''.join(
            f'1000000000 {line.split(" ", 1)[1]}\n' if 'ended' in line else f'{line}\n' for line in lines))
        network.start()
        self.is_gone('ended')
        self.resolves('lives', address)
        self.assertEqual([entry['hostname'] for entry in status(network)], ['lives'])


if __name__ == '__main__':
    lab.main()
