"""leasectl check: what it takes from the files of a dnsmasq, in particular of one that does not run."""

import json
import subprocess

import lab
from check_dnsmasq import DnsmasqTest
from lab import run
from network import HELPER


class CheckDnsmasqFiles(DnsmasqTest):

    def test_files_that_name_themselves_are_read_once(self):
        directory = self.lan.directory / 'loop'
        directory.mkdir()
        for name in 'a', 'b':
            (directory / name).write_text(f'conf-file={directory}/a\nconf-file={directory}/b\nconf-dir={directory}\n' * 200)
        self.reconfigured(lambda text: text.replace(f'dhcp-script={HELPER}', f'dhcp-script={HELPER}\n# loop'))
        # dnsmasq would not start with these, so they are added after it has.
        text = self.lan.configuration.read_text()
        self.lan.configuration.write_text(text.replace(f'dhcp-script={HELPER}\n# loop', f'conf-dir={directory}'))
        self.found('dnsmasq', 'it names more than 256 files', severity='unknown')
        for name in 'a', 'b':
            (directory / name).write_text(f'conf-file={directory}/a\nconf-file={directory}/b\n' * 1000)
        self.found('dnsmasq', 'no dhcp-script')

    def test_dnsmasq_that_does_not_run(self):
        directory = self.stopped_with()
        remedy = self.found('dnsmasq', 'no dnsmasq runs the helper')['remedy']
        self.assertEqual(remedy,
                         f"printf '%s\\n' dhcp-script={HELPER} script-on-renewal >> /etc/dnsmasq.d/nss-leases.conf && systemctl restart dnsmasq")
        run('sh', '-c', remedy.split(' && ')[0])
        self.assertEqual(self.found('dnsmasq', 'no dnsmasq serves DHCP')['remedy'], 'systemctl restart dnsmasq')
        self.assertNotIn('renewals', json.dumps(self.report()))
        file = directory / 'nss-leases.conf'
        file.write_text(f'dhcp-script={HELPER}\n')
        run('sh', '-c', self.found('dnsmasq', f'script-on-renewal to {file}')['remedy'])
        self.assertNotIn('renewals', json.dumps(self.report()))
        # dnsmasq does not start with two of them.
        file.write_text('dhcp-script=/usr/local/bin/nothing\n')
        run('sh', '-c', self.found('dnsmasq', '/usr/local/bin/nothing, does not exist')['remedy'].split(' && ')[0])
        self.assertEqual(file.read_text(), f'dhcp-script={HELPER}\n')
        file.write_text('dhcp-script=/bin/true\n')
        self.assertNotIn('remedy', self.found('dnsmasq', f'/bin/true can run it: {HELPER} "$@"'))

    def test_no_dnsmasq_that_could_be_started(self):
        self.lan.stop()
        self.found('dnsmasq', 'told of 1 lease that goes on', severity='unknown')
        run('leasectl', 'forget', 'web')
        finding = self.found('dnsmasq', 'no dnsmasq runs the helper, and the system has no service of its name')
        self.assertNotIn('remedy', finding)

    def test_dnsmasq_that_cannot_start_says_why(self):
        directory = self.stopped_with(a=f'dhcp-script={HELPER}\nscript-on-renewal\nport=0\n', b='dhcp-script=/bin/true\n')
        finding = self.found('dnsmasq', f'dnsmasq cannot start: dnsmasq: illegal repeated keyword at line 1 of {directory}/b')
        self.assertNotIn('remedy', finding)
        shown = subprocess.run(['sh', '-c', finding['look-at']], capture_output=True, text=True)
        self.assertIn('illegal repeated keyword', shown.stderr)
        self.assertNotIn('systemctl', json.dumps(self.report()))
        (directory / 'b').unlink()
        self.found('dnsmasq', 'no dnsmasq serves DHCP')

    def test_a_file_that_a_dnsmasq_that_runs_does_not_read(self):
        directory = self.system_directory(unread=f'dhcp-script={HELPER}\nscript-on-renewal\n')
        self.reconfigured(lambda text: text.replace(f'dhcp-script={HELPER}\nscript-on-renewal\n', f'conf-dir={directory},*.conf\n'))
        run('sh', '-c', self.found('dnsmasq', f'does not read {directory}/unread, which has the helper as dhcp-script')['remedy'])
        self.lan.restart()
        self.well('web')

    def test_the_files_that_dnsmasq_reads(self):
        directory = self.lan.directory / 'more'
        directory.mkdir()
        script = f'dhcp-script="{HELPER}" # a comment\n'
        for option, name, runs_helper in (('conf-dir={}', 'a', True), ('conf-dir={},*.conf', 'a.conf', True), ('conf-dir={},*.conf', 'a', False),
                                          ('conf-dir={},.bak', 'a.bak', False), ('conf-dir={},.bak', 'a~', False), ('conf-file={}/a', 'a', True)):
            with self.subTest(option=option, name=name):
                (directory / name).write_text(script)
                self.reconfigured(lambda text: ''.join(line for line in text.splitlines(True) if not line.startswith(('dhcp-script', 'conf-')))
                                  + option.format(directory) + '\n')
                if runs_helper:
                    self.well()
                else:
                    self.found('dnsmasq', 'no dhcp-script')
                (directory / name).unlink()


if __name__ == '__main__':
    lab.main()
