"""The end of a lease that nobody renews. dnsmasq's shortest lease is two minutes, and this takes as long."""

import time

import lab
from lab import record, resolve, reverse, status, wait_until

# A lookup reads the coarse clock.
TICK = 0.1


class Expiry(lab.LabTest):

    def test_a_name_is_gone_the_moment_its_lease_expires_with_dnsmasq_alive_or_dead(self):
        alive = self.network('alive', lease='2m')
        dead = self.network('dead', lease='2m')
        expiry, addresses = {}, {}
        for network, name in (alive, 'kept'), (dead, 'orphan'):
            _, client, addresses[name] = self.join(network, name)
            client.kill()
            expiry[name] = record(network, addresses[name])['expiry-time']
        dead.kill()

        living = set(expiry)

        def watch():
            for name in sorted(living):
                before = time.time()
                found = resolve(name)
                after = time.time()
                if found:
                    self.assertEqual(found, {addresses[name]})
                    self.assertLess(before, expiry[name] + TICK, f'{name} is still answered')
                else:
                    self.assertGreaterEqual(after, expiry[name] - TICK, f'{name} is gone too early')
                    living.remove(name)
            return not living

        wait_until(watch, 240, 'both names are gone')
        for address in addresses.values():
            self.assertEqual(reverse(address), [])

        wait_until(lambda: status(alive) == [], lab.SOON, 'the record of the network whose dnsmasq is alive is gone')
        self.assertEqual([entry['hostname'] for entry in status(dead)], ['orphan'])
        # dnsmasq does not name the interface of a lease that ended while it was down.
        dead.start()
        wait_until(lambda: status(dead) == [], lab.SOON, 'the record of the network whose dnsmasq was dead is gone')


if __name__ == '__main__':
    lab.main()
