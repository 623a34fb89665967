"""leasectl check: how dnsmasq is set up, and whether AppArmor lets it."""

import json
import os
import pathlib
import shutil
import subprocess
import time

import lab
import sandbox
from check import CONFIGURATION, CheckTest
from lab import RUNTIME, run
from network import HELPER
from waiting import wait_until

IMPORTER = pathlib.Path(HELPER).with_name('leases-import')


class CheckDnsmasq(CheckTest):

    # dnsmasq

    def reconfigured(self, change):
        text = change(self.lan.configuration.read_text())
        self.lan.stop()
        self.lan.configuration.write_text(text)
        self.lan.start()

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

    def served(self, *options):
        """A dnsmasq that has read the network's configuration and these options."""
        log = self.lan.directory / 'served'
        with log.open('wb') as output:
            server = subprocess.Popen(['dnsmasq', *options, '-C', self.lan.configuration, '--log-facility=-', '--pid-file'],
                                      stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        wait_until(lambda: 'started, version' in log.read_text(), lab.SOON, 'dnsmasq')
        return server

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

    def test_dnsmasq_that_does_not_run(self):
        self.lan.stop()
        remedy = self.found('dnsmasq', 'no dnsmasq runs the helper')['remedy']
        self.assertEqual(remedy, 
                         f"printf '%s\\n' dhcp-script={HELPER} script-on-renewal >> /etc/dnsmasq.d/nss-leases.conf && systemctl restart dnsmasq")
        directory = pathlib.Path('/etc/dnsmasq.d')
        directory.mkdir(exist_ok=True)
        self.addCleanup(shutil.rmtree, directory)
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

    def stopped_with(self, **files):
        """No dnsmasq runs, and these are the files in the system's directory."""
        self.lan.stop()
        directory = pathlib.Path('/etc/dnsmasq.d')
        directory.mkdir(exist_ok=True)
        self.addCleanup(shutil.rmtree, directory)
        for name, text in files.items():
            (directory / name).write_text(text)
        return directory

    def test_dnsmasq_that_cannot_start_says_why(self):
        directory = self.stopped_with(a=f'dhcp-script={HELPER}\nscript-on-renewal\nport=0\n', b='dhcp-script=/bin/true\n')
        finding = self.found('dnsmasq', f'dnsmasq cannot start: dnsmasq: illegal repeated keyword at line 1 of {directory}/b')
        self.assertNotIn('remedy', finding)
        shown = subprocess.run(['sh', '-c', finding['look-at']], capture_output=True, text=True)
        self.assertIn('illegal repeated keyword', shown.stderr)
        self.assertNotIn('systemctl', json.dumps(self.report()))
        (directory / 'b').unlink()
        self.found('dnsmasq', 'no dnsmasq serves DHCP')

    def test_dnsmasq_that_is_given_more_leases_than_it_takes(self):
        self.stopped_with(a=f'dhcp-script={HELPER}\nleasefile-ro\nport=0\ndhcp-lease-max=0\n')
        remedy = self.found('dnsmasq', 'it is given 1 leases, and takes 0 (dhcp-lease-max)')['remedy']
        run('sh', '-c', remedy.removesuffix(' && systemctl restart dnsmasq'))
        self.found('dnsmasq', 'no dnsmasq serves DHCP')

    def test_a_file_that_dnsmasq_would_not_read(self):
        directory = self.stopped_with(leases=f'dhcp-script={HELPER}\nscript-on-renewal\n')
        defaults = pathlib.Path('/etc/default/dnsmasq')
        defaults.parent.mkdir(exist_ok=True)
        self.addCleanup(defaults.unlink)
        defaults.write_text(f'CONFIG_DIR={directory},*.conf\n')
        remedy = self.found('dnsmasq', f'none would read {directory}/leases')['remedy']
        run('sh', '-c', remedy.removesuffix(' && systemctl restart dnsmasq'))
        self.found('dnsmasq', f'though {directory}/leases.conf has the helper')

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

    def test_dnsmasq_whose_lease_file_is_imported(self):
        self.reconfigured(lambda text: text.replace(f'dhcp-script={HELPER}\n', ''))
        self.found('dnsmasq', 'no dhcp-script')
        CONFIGURATION.write_text(f'[[source]]\nkind = "dnsmasq-leases"\npath = "{self.lan.lease_file}"\nnetwork = "lan2"\n')
        self.addCleanup(CONFIGURATION.unlink)
        run('leasectl', 'import')
        self.assertIn(f'imported from {self.lan.lease_file}', json.dumps(self.well()))
        self.lan.stop()
        self.assertIn('leases of other programs are imported', json.dumps(self.well()))

    def test_a_dnsmasq_that_serves_names_only_is_no_problem(self):
        server = subprocess.Popen(['dnsmasq', '--conf-file=/dev/null', '--keep-in-foreground', '--port=5353', '--pid-file'])
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        self.well()

    def test_a_helper_that_cannot_be_run(self):
        for program in pathlib.Path(HELPER), IMPORTER:
            with self.subTest(program=program):
                program.chmod(0o644)
                self.fixed('dnsmasq', f'{program} is not executable')
                program.unlink()
                self.fixed('dnsmasq', f'{program} does not exist')

    # AppArmor, whose files are simulated: the machine's kernel may not have it

    def test_apparmor_keeps_dnsmasq_from_running_the_helper(self):
        for place in '/sys/module', '/sys/kernel/security':
            sandbox.mount('-t', 'tmpfs', 'played', place)
            self.addCleanup(run, 'umount', '--lazy', place)
        enabled = pathlib.Path('/sys/module/apparmor/parameters/enabled')
        profiles = pathlib.Path('/sys/kernel/security/apparmor/profiles')
        rules = pathlib.Path('/etc/apparmor.d/usr.sbin.dnsmasq')
        log = sandbox.SCRATCH / 'kmsg'
        for path in enabled, profiles, rules, rules.parent / 'local/x':
            path.parent.mkdir(parents=True, exist_ok=True)
        self.addCleanup(shutil.rmtree, rules.parent / 'local')
        log.touch()
        sandbox.mount('--bind', log, '/dev/kmsg')
        self.addCleanup(run, 'umount', '/dev/kmsg')
        enabled.write_text('Y\n')
        profiles.write_text('dnsmasq//libvirt_leaseshelper (enforce)\ndnsmasq (complain)\n')
        self.well()
        profiles.write_text('dnsmasq (enforce)\n')
        rules.write_text('profile dnsmasq /usr/sbin/dnsmasq {\n  /usr/lib/libvirt/libvirt_leaseshelper m,\n}\n')
        parser = pathlib.Path('/usr/sbin/apparmor_parser')
        parser.write_text('#!/bin/sh\n')
        parser.chmod(0o755)
        self.addCleanup(parser.unlink)
        self.fixed('apparmor', f'does not let it run {HELPER}')
        (rules.parent / 'local/usr.sbin.dnsmasq').write_text(f'{HELPER} ix,\n/run/nss-leases/* rwk,\n')
        self.found('apparmor', 'does not let it write /var/lib/nss-leases')
        (rules.parent / 'local/usr.sbin.dnsmasq').write_text(f'{HELPER} ix,\n@{{run}}/nss-leases/* rw,\n/var/lib/nss-leases/** rw,\n')
        self.found('apparmor', 'does not let it lock /var/lib/nss-leases/lock')
        (rules.parent / 'local/usr.sbin.dnsmasq').write_text(f'{HELPER} ix,\n@{{run}}/nss-leases/* rw,\n/var/lib/nss-leases/** rwk,\n')
        self.well()
        (rules.parent / 'local/usr.sbin.dnsmasq').write_text('/usr/{lib,lib64}/nss-leases/leaseshelper ix,\n@{PROC}/@{HOME}/{a,b w,\n')
        self.found('apparmor', f'does not let it run {HELPER}')
        (rules.parent / 'local/usr.sbin.dnsmasq').write_text(
            '/usr/{lib/{x86_64-linux-gnu/,},libexec/}nss-leases/{leases-import,leaseshelper} ix,\n/{,var/}run/nss-leases/* rw,\n/var/{lib,cache}/nss-leases/** rwk,\n')
        self.well()
        microseconds = int(time.clock_gettime(time.CLOCK_MONOTONIC) * 1e6)
        denial = 'audit: apparmor="DENIED" operation="open" profile="ping" name="/run/nss-leases/hosts.idx" \x1b[2J'
        log.write_text(f'6,1,{microseconds},-;{denial}\n')
        self.assertIn('abstractions/nameservice.d', self.found('apparmor', '0 min ago: apparmor="DENIED"')['remedy'])
        log.write_text(f'6,1,{microseconds - 7200 * 1000000},-;{denial}\n')
        self.well()


if __name__ == '__main__':
    lab.main()
