"""What the helper says in dnsmasq's log when that does not tell of renewals."""

import json
import subprocess
import time

import lab
from lab import resolve, status, status_file
from waiting import wait_until

HINT = 'names end while their leases go on'


class RenewalHint(lab.LabTest):

    def let_end(self, network, address):
        """The helper knows the lease to have ended, as it would after a renewal that it was not told."""
        records = status(network)
        for record in records:
            if record['ip-address'] == address:
                record['expiry-time'] = int(time.time()) - 60
        status_file(network).write_text(json.dumps(records, indent=2) + '\n')
        lab.leasectl('rebuild')
        self.assertNotIn(address, resolve('web'))

    def comes_back(self, network, address, again=lab.Network.reload):
        """dnsmasq says that it has the lease after all, and the helper has ended. The network is a recorded one."""
        self.let_end(network, address)
        before = len(network.calls())
        again(network)
        self.all_reported(network, [address], since=before)
        self.assertEqual(resolve('web'), {address})

    def test_it_is_said_once_for_each_start_with_the_line_and_the_file(self):
        network = self.network(renewals=False, recorded=True)
        _, _, address = self.join(network, 'web')
        self.assertNotIn(HINT, network.log())
        for again, times in (lab.Network.reload, 1), (lab.Network.reload, 1), (lab.Network.restart, 2), (lab.Network.reload, 2):
            self.comes_back(network, address, again)
            # A restarted dnsmasq may end the helper's pipe before it reads it.
            wait_until(lambda: network.log().count(HINT) >= times, lab.SOON, f'the hint for the {times}. time')
            self.assertEqual(network.log().count(HINT), times)
        self.assertIn(f'leaseshelper: the lease of {address} (web) in lan was renewed, and dnsmasq did not say so: {HINT}; '
                      f'add the line script-on-renewal to {network.configuration} and restart dnsmasq', network.log())

    def test_the_end_of_a_lease_that_was_renewed_shows_it_too(self):
        network = self.network(renewals=False)
        _, client, address = self.join(network, 'web')
        self.let_end(network, address)
        client.release()
        wait_until(lambda: HINT in network.log(), lab.SOON, 'the hint')

    def test_where_renewals_are_told_nothing_is_said(self):
        for name, options in ('lan', {}), ('wan', {'renewals': False, 'leasefile_ro': True}):
            with self.subTest(name):
                network = self.network(name, recorded=True, **options)
                _, client, address = self.join(network, 'web')
                self.comes_back(network, address)
                self.let_end(network, address)
                client.release()
                wait_until(lambda: any(call.split()[1] == 'del' for call in network.calls()), lab.SOON, 'the release')
                self.is_gone('web')
                self.assertNotIn('leaseshelper:', network.log())

    def test_a_script_on_the_command_line_gets_its_option_there(self):
        network = self.network(renewals=False, recorded=True)
        network.stop()
        options = [f'--{line}' for line in network.configuration.read_text().splitlines()]
        self.serve(network, '--conf-file=/dev/null', *options)
        _, _, address = self.join(network, 'web')
        self.comes_back(network, address)
        self.assertIn('give dnsmasq --script-on-renewal beside --dhcp-script', network.log())

    def test_what_cannot_be_read_may_have_the_line(self):
        network = self.network(renewals=False, recorded=True)
        network.stop()
        (network.directory / 'more').write_text('script-on-renewal\n')
        self.serve(network, f'--conf-file={network.configuration}', f'--conf-file={network.directory}/more')
        (network.directory / 'more').unlink()
        _, _, address = self.join(network, 'web')
        self.comes_back(network, address)
        self.assertNotIn(HINT, network.log())

    def serve(self, network, *options):
        ready = network.log().count('started, version')
        with network.log_file.open('ab') as log:
            network.process = subprocess.Popen(['dnsmasq', '--keep-in-foreground', '--log-facility=-', '--pid-file', *options],
                                               stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_until(lambda: network.log().count('started, version') > ready, lab.SOON, 'dnsmasq')


if __name__ == '__main__':
    lab.main()
