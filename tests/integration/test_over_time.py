"""Names over time: whatever becomes of leases and of dnsmasq, a lookup says what dnsmasq holds. Configurations of a dnsmasq of one's own:
test_over_time.py Unfollowed | Followed; test_over_time_libvirt.py has libvirt's."""

import subprocess

import lab
from over_time import EVERYBODY
from own_dnsmasq import RENEWALS, OwnHost


class Unfollowed(OwnHost, lab.LabTest):

    def test_at_any_time_a_lookup_says_what_dnsmasq_holds(self):
        self.runs_unfollowed(EVERYBODY)

    def in_the_end(self):
        """Where nobody tells of renewals the user is told what to do about it."""
        alone = self.configurations[0]
        name, address = alone.named('stays'), alone.first['stays']
        # Until something else of this dnsmasq told of itself, there was no answer.
        self.assertGreater(alone.witness.excuses, 0)
        self.assertEqual(alone.holds('stays'), {address})
        alone.lan.restart()
        self.resolves(name, address)
        with self.subTest('told by the helper'):
            lab.wait_until(lambda: RENEWALS in alone.lan.log(), lab.SOON, f'{RENEWALS} in dnsmasq\'s log')
        with self.subTest('told by leasectl check'):
            self.assertIn(RENEWALS, subprocess.run(['leasectl', 'check', name], capture_output=True, text=True).stdout)


class Followed(OwnHost, lab.LabTest):

    def test_at_any_time_a_lookup_says_what_dnsmasq_holds(self):
        self.runs_followed(EVERYBODY)


if __name__ == '__main__':
    lab.main()
