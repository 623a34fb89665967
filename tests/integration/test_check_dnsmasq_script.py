"""leasectl check: whether dnsmasq runs the helper, itself or by a script, and tells it of renewals."""

import json
import pathlib

import lab
from check_dnsmasq import DnsmasqTest
from importer import IMPORTER
from lab import run
from network import HELPER


class CheckDnsmasqScript(DnsmasqTest):

    def test_dnsmasq_that_tells_nothing_of_renewals(self):
        without = [line for line in self.lan.configuration.read_text().splitlines(True) if line != 'script-on-renewal\n']
        # The file's last line has no newline, as some editors leave it.
        self.reconfigured(lambda text: ''.join(without).rstrip('\n'))
        finding = self.found('dnsmasq', 'names expire while their leases go on')
        self.assertIn(f'add the line script-on-renewal to {self.lan.configuration}; restart process {self.lan.process.pid}', finding['text'])
        self.assertNotIn('remedy', self.found('dnsmasq', 'names expire while their leases go on', user='nobody'))
        run('sh', '-c', finding['remedy'])
        self.lan.restart()
        self.well()
        for line in ' leasefile-ro  # it tells of renewals, too', f'conf-file={self.lan.directory}/renewals':
            with self.subTest(line=line):
                (self.lan.directory / 'renewals').write_text('script-on-renewal\n')
                self.reconfigured(lambda text: ''.join([*without, line, '\n']))
                self.well()
        self.lan.stop()
        self.lan.configuration.write_text(''.join(without))
        for options in ['-k9'], ['-k', '--script-on-renewal'], ['-k', '--leasefile-ro']:
            with self.subTest(options=options):
                server = self.served(*options)
                self.well()
                server.kill()
                server.wait()
        self.served('-k')
        self.found('dnsmasq', 'names expire while their leases go on')

    def test_renewals_are_asked_for_where_the_script_is(self):
        self.lan.stop()
        self.lan.configuration.write_text(self.lan.configuration.read_text().replace(f'dhcp-script={HELPER}\nscript-on-renewal\n', ''))
        script = self.lan.directory / 'script.conf'
        script.write_text(f'dhcp-script={HELPER}\n')
        self.served('-k', '-C', script)
        remedy = self.found('dnsmasq', f'script-on-renewal to {script}')['remedy']
        self.assertTrue(remedy.endswith(f'script-on-renewal >> {script}'), remedy)

    def test_a_script_on_the_command_line_alone(self):
        self.lan.stop()
        options = [f'--{line}' for line in self.lan.configuration.read_text().split('\n') if line not in ('', 'script-on-renewal')]
        self.lan.configuration = '/dev/null'
        self.served('-k', *options)
        finding = self.found('dnsmasq', 'give it --script-on-renewal on its command line')
        self.assertNotIn('remedy', finding)

    def test_the_script_of_a_file_counts_and_not_that_of_the_command_line(self):
        self.lan.stop()
        self.served('-k', '--dhcp-script=/bin/true')
        self.well()

    def test_a_script_that_does_not_exist(self):
        self.reconfigured(lambda text: text.replace(HELPER, f'{HELPER}s'))
        finding = self.found('dnsmasq', f'{HELPER}s, which does not exist')
        run('sh', '-c', finding['remedy'])
        self.assertEqual(self.lan.configuration.read_text().count('dhcp-script'), 1)
        self.lan.restart()
        self.well()

    def test_a_script_that_runs_the_helper_and_one_that_does_not(self):
        script = self.lan.directory / 'script'
        script.write_text(f'#!/bin/sh\nexec {HELPER} "$@"\n')
        script.chmod(0o755)
        self.reconfigured(lambda text: text.replace(f'dhcp-script={HELPER}', f'dhcp-script={script}'))
        self.assertIn('which runs the helper', json.dumps(self.well()))
        script.write_text('#!/bin/sh\n')
        self.found('dnsmasq', 'its leases have names here only if', severity='unknown')
        self.assertNotIn('remedy', self.found('dnsmasq', 'no dnsmasq runs the helper'))
        self.assertIn(f'{script} can run it', self.found('dnsmasq', 'no dnsmasq runs the helper')['text'])

    def test_a_script_that_runs_the_helper_through_another(self):
        second = self.lan.directory / 'second'
        second.write_text(f'#!/bin/sh\nexec {HELPER} "$@"\n')
        script = self.lan.directory / 'first'
        script.write_text(f'#!/bin/sh\n{second} "$@"\n')
        for path in script, second:
            path.chmod(0o755)
        self.reconfigured(lambda text: text.replace(f'dhcp-script={HELPER}', f'dhcp-script={script}'))
        self.join(self.lan, 'db')
        self.assertIn(f'runs {script}, which has called the helper', json.dumps(self.well('db')))
        script.write_text('#!/bin/sh\n')
        self.found('dnsmasq', 'its leases have names here only if', severity='unknown')
        # Another server's calls say nothing of this one's.
        self.join(self.network('red', options=('user=dnsmasq',)), 'other')
        self.found('dnsmasq', 'its leases have names here only if', severity='unknown')
        script.write_text(f'#!/bin/sh\n{second} "$@"\n')
        self.join(self.lan, 'third')
        self.assertIn(f'runs {script}, which has called the helper', json.dumps(self.well('third')))

    def test_a_helper_that_cannot_be_run(self):
        for program in pathlib.Path(HELPER), IMPORTER:
            with self.subTest(program=program):
                program.chmod(0o644)
                self.fixed('dnsmasq', f'{program} is not executable')
                program.unlink()
                self.fixed('dnsmasq', f'{program} does not exist')
                program.unlink()
                program.mkdir()
                self.fixed('dnsmasq', f'{program} is a directory, not a program')


if __name__ == '__main__':
    lab.main()
