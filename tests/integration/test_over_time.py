"""Names over time: whatever happens to leases and to dnsmasq, a lookup says what dnsmasq holds. Configurations of an administrator's own
dnsmasq:
test_over_time.py Unfollowed | Followed; test_over_time_libvirt.py has libvirt's."""

import subprocess

import lab
from over_time import EVERYBODY
from own_dnsmasq import RENEWALS, OwnHost


class Unfollowed(OwnHost, lab.LabTest):

    def test_at_any_time_a_lookup_says_what_dnsmasq_holds(self):
        self.runs_unfollowed(EVERYBODY)

    def in_the_end(self):
        alone = self.configurations[0]
        self.is_told_what_to_do(alone)
        with self.subTest('leasefile-ro after renewals that were not told'):
            self.becomes_leasefile_ro(alone)

    def is_told_what_to_do(self, alone):
        """The user, where renewals are not reported."""
        name, address = alone.named('stays'), alone.first['stays']
        # There was no answer until another event of this dnsmasq.
        self.assertGreater(alone.witness.excuses, 0)
        self.assertEqual(alone.holds('stays'), {address})
        alone.lan.restart()
        self.resolves(name, address)
        with self.subTest('told by the helper'):
            lab.wait_until(lambda: RENEWALS in alone.lan.log(), lab.SOON, f'{RENEWALS} in dnsmasq\'s log')
        with self.subTest('told by leasectl check'):
            self.assertIn(RENEWALS, subprocess.run(['leasectl', 'check', name], capture_output=True, text=True).stdout)

    def becomes_leasefile_ro(self, alone):
        """The helper is dnsmasq's lease database from now on, and dnsmasq has what it had."""
        network, address = alone.busy, alone.first['steady']
        self.assertEqual(alone.holds('steady'), {address})
        network.stop()
        with network.configuration.open('a') as configuration:
            configuration.write('leasefile-ro\n')
        network.environment['NSS_LEASES_NETWORK'] = network.name
        before = len(network.log())
        network.start()
        self.assertEqual(alone.holds('steady'), {address})
        alone.machines['steady'].client.renew()
        lab.wait_until(lambda: f'DHCPACK({network.name}) {address} ' in network.log()[before:], lab.SOON, 'a renewal')
        self.assertNotIn('DHCPNAK', network.log()[before:])
        self.resolves(alone.named('steady'), address)


class Followed(OwnHost, lab.LabTest):

    def test_at_any_time_a_lookup_says_what_dnsmasq_holds(self):
        self.runs_followed(EVERYBODY)


if __name__ == '__main__':
    lab.main()
