"""leasectl check: which dnsmasqs there are, and whether the leases of each reach the index."""

import json
import os
import pathlib
import shutil
import subprocess
import time

import lab
from check import CONFIGURATION
from check_dnsmasq import DnsmasqTest
from lab import RUNTIME, run
from network import HELPER
from waiting import wait_until


class CheckDnsmasq(DnsmasqTest):

    def test_dnsmasq_as_nobody_is_known_by_its_child(self):
        self.reconfigured(lambda text: text.replace('user=dnsmasq\n', ''))
        self.assertIn(f'dnsmasq (process {self.lan.process.pid}) runs {HELPER}', json.dumps(self.well()))

    def test_dnsmasq_without_dhcp_script(self):
        self.reconfigured(lambda text: text.replace(f'dhcp-script={HELPER}', '# dhcp-script=/bin/true'))
        finding = self.found('dnsmasq', 'no dhcp-script')
        self.assertIn(f'; restart process {self.lan.process.pid}', finding['text'])
        self.assertNotIn('remedy', self.found('dnsmasq', 'no dhcp-script', user='nobody'))
        run('sh', '-c', finding['remedy'])
        self.lan.restart()
        self.well()

    def test_dnsmasq_that_was_not_restarted(self):
        # A process's start and a file's change are compared in whole seconds.
        time.sleep(3)
        self.lan.configuration.touch()
        finding = self.found('dnsmasq', 'was started before')
        self.assertIn(f'; restart process {self.lan.process.pid}', finding['text'])
        self.assertNotIn('remedy', finding)
        self.lan.restart()
        self.well()

    def started(self, program, *arguments, user='root'):
        """A process that exists as long as the test."""
        process = subprocess.Popen(['setpriv', '--reuid', user, '--clear-groups', program, *arguments],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        comm = pathlib.Path(f'/proc/{process.pid}/comm')
        wait_until(lambda: comm.read_text() == 'dnsmasq\n', lab.SOON, 'a process with that name')
        return process

    def test_what_somebody_calls_dnsmasq_is_no_part_of_a_command(self):
        hostile = self.lan.directory / 'hostile'
        hostile.mkdir()
        (hostile / 'conf').write_text(f'dhcp-range=10.0.0.1,10.0.0.9\ndhcp-scriptuser=games\ndhcp-script={HELPER}\n')
        program = hostile / 'dnsmasq'
        shutil.copy(shutil.which('python3'), program)
        arguments = ('-c', 'import time; time.sleep(1000)', f'--conf-file={hostile}/conf', '--dhcp-range=x', '$(touch /tmp/x)')
        # A process of root may be a set-user-ID program under another name.
        for user, why in ('games', 'is run by user'), ('root', 'is not /usr/sbin/dnsmasq'):
            process = self.started(program, *arguments, user=user)
            finding = self.found('dnsmasq', f'process {process.pid} is called dnsmasq, but {why}', severity='unknown')
            self.assertNotIn('hostile', finding['text'])
            self.well()
        for user in None, 'nobody':
            for finding in self.report(user=user)['findings']:
                self.assertNotRegex(finding.get('remedy', ''), 'hostile|games|touch')

    def test_long_options_in_two_words(self):
        self.lan.stop()
        text = self.lan.configuration.read_text().replace(f'dhcp-script={HELPER}\n', '')
        self.lan.configuration.write_text(text)
        self.started('dnsmasq', f'--conf-file={self.lan.configuration}', '--keep-in-foreground', '--pid-file',
                     '--dhcp-script', HELPER, '--dhcp-scriptuser', 'games')
        self.found('dnsmasq', 'runs the helper as games')

    def test_dnsmasq_that_runs_the_helper_as_another_user(self):
        self.reconfigured(lambda text: text + 'dhcp-scriptuser=nobody\n')
        self.fixed('dnsmasq', 'as nobody, who does not own /var/lib/nss-leases', 'web')
        self.assertNotIn('unknown', json.dumps(self.well()))
        os.chown(RUNTIME, 0, 0)
        self.fixed('dnsmasq', 'as nobody, who does not own /run/nss-leases', 'web')
        self.join(self.lan, 'db')
        self.well('db')

    def test_dnsmasq_whose_lease_file_is_imported(self):
        self.reconfigured(lambda text: text.replace(f'dhcp-script={HELPER}\n', ''))
        self.found('dnsmasq', 'no dhcp-script')
        CONFIGURATION.write_text(f'[[source]]\nkind = "dnsmasq-leases"\npath = "{self.lan.lease_file}"\nnetwork = "lan2"\n')
        self.addCleanup(CONFIGURATION.unlink)
        run('leasectl', 'import')
        self.assertIn(f'imported from {self.lan.lease_file}', json.dumps(self.well()))
        self.lan.stop()
        self.assertIn('leases of other programs are imported', json.dumps(self.well()))

    def test_two_that_keep_no_leases_of_their_own_have_to_be_told_apart(self):
        red, blue = (self.network(name, is_told=False) for name in ('red', 'blue'))
        for network in red, blue, self.lan:
            network.stop()
        shared = self.lan.configuration
        shared.write_text(f'bind-interfaces\nexcept-interface=lo\nport=0\nleasefile-ro\ndhcp-script={HELPER}\n'
                          f'dhcp-range={red.v4}.100,{red.v4}.199\ndhcp-range={blue.v4}.100,{blue.v4}.199\n')
        servers = [self.served(f'--interface={network.name}') for network in (red, blue)]
        finding = self.found('dnsmasq', 'the helper cannot tell them apart: at a start each may be given another\'s leases')
        self.assertEqual(finding['look-at'], 'man leaseshelper')
        for server in servers:
            server.kill()
            server.wait()
        for network in red, blue:
            self.served(f'--interface={network.name}', NSS_LEASES_NETWORK=network.name)
        self.assertNotIn('NSS_LEASES_NETWORK', json.dumps(self.well()))

    def test_a_dnsmasq_that_serves_names_only_is_no_problem(self):
        server = subprocess.Popen(['dnsmasq', '--conf-file=/dev/null', '--keep-in-foreground', '--port=5353', '--pid-file'])
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        self.well()


if __name__ == '__main__':
    lab.main()
