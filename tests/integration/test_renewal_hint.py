"""What the helper says in dnsmasq's log when dnsmasq does not report renewals."""

import subprocess

import lab
from waiting import HUNG, wait_until

HINT = 'leaseshelper: dnsmasq does not say when leases are renewed, so names end while their leases go on; '


class RenewalHint(lab.LabTest):

    def says(self, network, times=1):
        # A restarted dnsmasq may end the helper's pipe before it reads it.
        wait_until(lambda: network.log().count(HINT) >= times, lab.SOON, f'the hint for the {times}. time')
        self.assertEqual(network.log().count(HINT), times)

    def test_it_is_said_once_for_each_start_with_the_line_and_the_file(self):
        network = self.network(renewals=False, recorded=True)
        _, _, address = self.join(network, 'web')
        self.says(network)
        for again, times in (lab.Network.reload, 1), (lab.Network.restart, 2), (lab.Network.reload, 2):
            self.told_again(network, [address], again)
            self.says(network, times)
        self.assertIn(f'{HINT}add the line script-on-renewal to {network.configuration} and restart dnsmasq', network.log())

    def test_where_renewals_are_told_nothing_is_said(self):
        for name, options in ('lan', {}), ('wan', {'renewals': False, 'leasefile_ro': True}):
            with self.subTest(name):
                network = self.network(name, recorded=True, **options)
                _, client, _ = self.join(network, 'web')
                client.release()
                self.is_gone('web')
                self.assertNotIn('leaseshelper:', network.log())

    def test_a_script_on_the_command_line_gets_its_option_there(self):
        network = self.network(renewals=False)
        network.stop()
        options = [f'--{line}' for line in network.configuration.read_text().splitlines()]
        self.serve(network, '--conf-file=/dev/null', *options)
        self.join(network, 'web')
        self.says(network)
        self.assertIn('give dnsmasq --script-on-renewal beside --dhcp-script', network.log())

    def test_what_cannot_be_read_may_have_the_line(self):
        network = self.network(renewals=False, recorded=True)
        network.stop()
        (network.directory / 'more').write_text('script-on-renewal\n')
        self.serve(network, f'--conf-file={network.configuration}', f'--conf-file={network.directory}/more')
        (network.directory / 'more').unlink()
        _, _, address = self.join(network, 'web')
        self.all_reported(network, [address])
        self.assertNotIn(HINT, network.log())

    def serve(self, network, *options):
        ready = network.log().count('started, version')
        with network.log_file.open('ab') as log:
            network.process = subprocess.Popen(['dnsmasq', '--keep-in-foreground', '--log-facility=-', '--pid-file', *options],
                                               stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_until(lambda: network.log().count('started, version') > ready, HUNG, 'dnsmasq')


if __name__ == '__main__':
    lab.main()
