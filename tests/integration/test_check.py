"""leasectl check: everything is broken for real, one thing after the other, and mended by the command that the finding names."""

import contextlib
import json
import os
import pathlib
import pwd
import shutil
import stat
import subprocess
import time

import jsonschema

import lab
import sandbox
from lab import INDEX, RUNTIME, STATE, Dhclient, resolve, run, status_file
from network import HELPER
from waiting import wait_until

SCHEMA = json.loads((sandbox.ROOT / 'schema/check.schema.json').read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
NSSWITCH = pathlib.Path('/etc/nsswitch.conf')
HOSTS = pathlib.Path('/etc/hosts')
CONFIGURATION = pathlib.Path('/etc/nss-leases.conf')
IMPORTER = pathlib.Path(HELPER).with_name('leases-import')
# A place from which the remedy "cmake --install build/install" installs what was built.
SOURCES = sandbox.SCRATCH / 'sources'
TERABYTE = 1 << 40
OFFSET_OF_VERSION = 8
OFFSET_OF_BYTE_ORDER = 12
NOBODY = pwd.getpwnam('nobody').pw_uid


def leasectl_check(*arguments, user=None):
    as_user = ['setpriv', '--reuid', user, '--clear-groups'] if user else []
    return subprocess.run([*as_user, 'leasectl', 'check', *arguments], capture_output=True, text=True, timeout=20)


def lease_of(name, address, expires, network='lan'):
    """Tells the helper of a lease as dnsmasq does."""
    run(HELPER, 'add', '52:54:00:99:00:01', address, name,
        env={'DNSMASQ_INTERFACE': network, 'DNSMASQ_LEASE_EXPIRES': str(expires)})


def replace(path, content=b''):
    """Another file at a path, never the same one changed: somebody may have that mapped."""
    path.unlink(missing_ok=True)
    path.write_bytes(content)


class Check(lab.LabTest):

    def setUp(self):
        super().setUp()
        self.addCleanup(sandbox.run, 'cmake', '--install', sandbox.build_directory())
        for path in NSSWITCH, HOSTS:
            self.addCleanup(path.write_bytes, path.read_bytes())
        self.addCleanup(CONFIGURATION.unlink, missing_ok=True)
        (SOURCES / 'build').mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            (SOURCES / 'build/install').symlink_to(sandbox.build_directory())
        self.lan = self.network('lan', options=('user=dnsmasq',))
        _, _, self.web = self.join(self.lan, 'web')
        self.well('web')

    def report(self, *arguments, user=None):
        """What is found, as JSON that is held against the schema."""
        done = leasectl_check('--json', *arguments, user=user)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        report = json.loads(done.stdout)
        VALIDATOR.validate(report)
        any_problem = any(finding['severity'] == 'problem' for finding in report['findings'])
        self.assertEqual((done.returncode, report['well']), (int(any_problem), not any_problem))
        return report

    def well(self, *arguments, user=None):
        report = self.report(*arguments, user=user)
        self.assertTrue(report['well'], json.dumps(report, indent=1))
        return report

    def found(self, topic, text, *arguments, severity='problem', user=None):
        """The finding of a topic that has this text in it."""
        report = self.report(*arguments, user=user)
        for finding in report['findings']:
            if (finding['severity'], finding['topic']) == (severity, topic) and text in finding['text']:
                return finding
        return self.fail(f'{severity} of {topic} with "{text}" is missing in {json.dumps(report, indent=1)}')

    def mended(self, topic, text, *arguments, user=None):
        """The problem is there, and is gone with all others once the command that it names was run."""
        remedy = self.found(topic, text, *arguments, user=user)['remedy']
        run('sh', '-c', remedy, cwd=SOURCES)
        self.well(*arguments, user=user)

    # All is well

    def test_when_all_is_well_it_says_what_it_looked_at(self):
        topics = {finding['topic'] for finding in self.well('web')['findings']}
        self.assertEqual(topics, set(SCHEMA['$defs']['finding']['properties']['topic']['enum']))
        done = leasectl_check('web')
        self.assertEqual(done.returncode, 0)
        self.assertTrue(all(line.startswith('ok ') for line in done.stdout.splitlines()), done.stdout)
        self.assertIn(f'web is {self.web} (IPv4 only)', done.stdout)

    def test_it_works_as_any_user(self):
        self.well('web', user='nobody')

    def test_it_writes_nothing(self):
        before = {path: lab.identity(path) for path in (*STATE.iterdir(), *RUNTIME.iterdir())}
        self.well('web')
        self.assertEqual({path: lab.identity(path) for path in (*STATE.iterdir(), *RUNTIME.iterdir())}, before)

    def test_a_wrong_command_line_is_status_2(self):
        self.assertEqual(leasectl_check('--yaml').returncode, 2)

    # Index

    def test_an_index_that_is_not_believed(self):
        sound = INDEX.read_bytes()

        def with_bytes(offset, value):
            return lambda: replace(INDEX, sound[:offset] + value + sound[offset + len(value):])

        def symlink():
            INDEX.rename(RUNTIME / 'elsewhere')
            INDEX.symlink_to(RUNTIME / 'elsewhere')

        def anew(make, *arguments):
            def break_it():
                INDEX.unlink()
                make(INDEX, *arguments)
            return break_it

        def sparse():
            replace(INDEX, sound)
            os.truncate(INDEX, TERABYTE)

        cases = {
            'does not exist': INDEX.unlink,
            "is shorter than an index's header (63 bytes)": lambda: replace(INDEX, sound[:63]),
            "is shorter than an index's header (0 bytes)": lambda: replace(INDEX),
            f'is damaged ({len(sound) // 2} bytes)': lambda: replace(INDEX, sound[:len(sound) // 2]),
            f'is damaged ({TERABYTE} bytes)': sparse,
            'is no index of nss-leases': with_bytes(0, b'NSS'),
            'was written by another version': with_bytes(OFFSET_OF_VERSION, b'\xff'),
            'was written on a machine with another byte order': with_bytes(OFFSET_OF_BYTE_ORDER, b'\1\2\3\4'),
            'can be written by group or others (user 0, mode 0664)': lambda: INDEX.chmod(0o664),
            f'is owned by user {NOBODY}': lambda: os.chown(INDEX, NOBODY, -1),
            'is a symbolic link': symlink,
            'is a FIFO': anew(os.mkfifo),
            'is a device': anew(os.mknod, 0o600 | stat.S_IFCHR, os.makedev(1, 5)),
            'is a directory': anew(os.mkdir),
            '/run/nss-leases can be written by group or others (user 0, mode 0775)': lambda: RUNTIME.chmod(0o775),
            '/run/nss-leases does not exist': lambda: shutil.rmtree(RUNTIME),
        }
        for text, break_it in cases.items():
            with self.subTest(text):
                break_it()
                self.assertEqual(resolve('web'), set())
                self.mended('index', text, 'web')

    def test_an_index_that_this_user_cannot_read(self):
        INDEX.chmod(0o600)
        self.mended('index', 'cannot be opened by this user', 'web', user='nobody')

    def test_an_index_where_the_module_does_not_look(self):
        CONFIGURATION.write_text('runtime-directory = "/run/elsewhere"\n')
        self.mended('index', 'the module looks in /run/nss-leases only')

    def test_what_is_wrong_with_the_configuration(self):
        CONFIGURATION.write_text('colour = "\\u001b[31m"\n')
        self.found('configuration', 'line 1')

    def test_the_configuration_that_was_read_is_the_one_to_edit(self):
        other = sandbox.SCRATCH / "it's another.conf"
        other.write_text('[names]\ndeny = ["web"]\n')
        self.addCleanup(other.unlink)
        word = "'" + str(other).replace("'", "'\\''") + "'"
        lease_of('wpad', '10.77.250.2', int(time.time()) + 3600)
        remedy = self.found('name', 'since the policy changed', 'web', '--config', str(other))['remedy']
        self.assertEqual(remedy, f'leasectl --config {word} rebuild')
        run('sh', '-c', remedy)
        self.assertEqual(self.found('name', 'is denied', 'web', '--config', str(other))['remedy'],
                         f'editor {word} && leasectl --config {word} rebuild')

    # Status files

    def test_status_files_that_the_index_does_not_know(self):
        path = status_file(self.lan)
        other = STATE / 'other.status'
        cases = {
            'was changed': lambda: replace(path, path.read_bytes() + b'\n'),
            'other.status is a FIFO': lambda: os.mkfifo(other),
            'other.status is a symbolic link': lambda: other.symlink_to('/etc/passwd'),
            'put aside': (STATE / 'lan.status.damaged-20261123T120000Z').touch,
            'does not exist, and the index still has leases from it': path.unlink,
        }
        for text, break_it in cases.items():
            with self.subTest(text):
                break_it()
                self.mended('status', text)

    def test_status_files_without_an_index(self):
        INDEX.unlink()
        self.found('status', 'without an index', severity='unknown')
        self.found('name', 'without an index', 'web', severity='unknown')

    def test_a_state_directory_that_is_closed_to_this_user(self):
        for mode in 0o700, 0o744, 0o711:
            with self.subTest(mode=oct(mode)):
                STATE.chmod(mode)
                self.well(user='nobody')
                self.found('status', f'{STATE} is closed to this user', severity='unknown', user='nobody')
                self.assertNotIn('unknown', json.dumps(self.well()))

    # Module

    def test_a_module_that_cannot_be_used(self):
        module = pathlib.Path(run('sh', '-c', 'echo /usr/lib/*/libnss_leases.so.2').strip())
        sound = module.read_bytes()

        def fifo():
            module.unlink()
            os.mkfifo(module)

        cases = {
            'is not installed': module.unlink,
            'is not readable for everybody': lambda: module.chmod(0o600),
            'is a FIFO': fifo,
            'the loader does not load': lambda: replace(module, b'no ELF file'),
            'has no _nss_leases_gethostbyname4_r': lambda: replace(module, module.with_name('libnss_compat.so.2').read_bytes()),
            'does not read /run/nss-leases/hosts.idx': lambda: replace(module, sound.replace(b'/run/nss-leases/hosts.idx', b'/run/nss_leases/hosts.idx')),
        }
        for text, break_it in cases.items():
            with self.subTest(text):
                break_it()
                # glibc waits for a FIFO, and root may read everything.
                if text not in ('is a FIFO', 'is not readable for everybody'):
                    self.assertEqual(resolve('web'), set())
                self.mended('module', text, 'web')

    # nsswitch.conf

    def test_glibc_does_not_ask_the_module(self):
        cases = {
            'hosts: files dns\n': "'hosts: files dns': leases is missing",
            'passwd: files\n': 'the line is missing',
            'hosts: files leases': 'no newline at its end',
            'hosts: files\nhosts: files leases': 'no newline at its end',
            'hosts: leases\nhosts: files\n': 'leases is missing',
            'hosts: files resolve [!UNAVAIL=return] leases\n': "'resolve [!UNAVAIL=return]' stands before leases and ends the search for every",
            'hosts: files [notfound=RETURN] leases\n': "'files [notfound=RETURN]' stands before leases",
            'hosts:files[NOTFOUND = return]leases\n': "'files [NOTFOUND = return]' stands before leases",
            'hosts: files dns [UNAVAIL=return] leases\n': 'ends the search when it cannot answer',
            'hosts: files dns leases\n': "'dns' stands before leases",
            'hosts: leases files\n': "'files' stands behind leases",
            'hosts: files leases [NOWHERE=return]\n': 'line 1: what stands in brackets cannot be read',
            'hosts: files leases\npasswd: files [SUCCESS\n': 'line 2: what stands in brackets cannot be read',
        }
        for text, finding in cases.items():
            with self.subTest(text):
                NSSWITCH.write_text(text)
                if 'stands before' not in finding and 'stands behind' not in finding:
                    self.assertEqual(resolve('web'), set())
                self.mended('nsswitch', finding, 'web')
                self.assertEqual(resolve('web'), {self.web})

    def test_lines_by_which_the_module_is_asked(self):
        for text in ('\thosts : files leases dns\n', 'hosts: files mdns4_minimal [NOTFOUND=return] leases\n', 'hosts files leases\n',
                     'hosts: dns\nhosts: files leases [!UNAVAIL=return] dns\n', '# hosts: files\nhosts: files # leases\n',
                     'hosts: files myhostname [SUCCESS=return NOTFOUND=continue] leases\n', 'hosts: files leases\nsudoers: files [what=ever]\n'):
            with self.subTest(text):
                NSSWITCH.write_text(text)
                self.assertEqual(resolve('web'), {self.web})
                self.well('web')

    def test_a_fifo_in_place_of_nsswitch_conf_is_not_waited_for(self):
        NSSWITCH.unlink()
        os.mkfifo(NSSWITCH)
        self.addCleanup(NSSWITCH.unlink)
        self.found('nsswitch', 'is a FIFO', 'web')

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
        """A process that is there as long as the test."""
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
        # Root's own may be a program that is set-user-ID, under another name.
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
        # dnsmasq would not end with these, so they are there after it has begun.
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
        self.mended('dnsmasq', 'as nobody, who does not own /var/lib/nss-leases', 'web')
        self.assertNotIn('unknown', json.dumps(self.well()))
        os.chown(RUNTIME, 0, 0)
        self.mended('dnsmasq', 'as nobody, who does not own /run/nss-leases', 'web')
        self.join(self.lan, 'db')
        self.well('db')

    def test_dnsmasq_that_does_not_run(self):
        self.lan.stop()
        remedy = self.found('dnsmasq', 'no dnsmasq runs the helper')['remedy']
        self.assertEqual(remedy, f'echo dhcp-script={HELPER} >> /etc/dnsmasq.d/nss-leases.conf && systemctl restart dnsmasq')
        directory = pathlib.Path('/etc/dnsmasq.d')
        directory.mkdir()
        self.addCleanup(shutil.rmtree, directory)
        run('sh', '-c', remedy.split(' && ')[0])
        self.assertEqual(self.found('dnsmasq', 'no dnsmasq serves DHCP')['remedy'], 'systemctl restart dnsmasq')

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
        self.found('dnsmasq', 'no dnsmasq runs the helper')

    def test_dnsmasq_whose_lease_file_is_imported(self):
        self.reconfigured(lambda text: text.replace(f'dhcp-script={HELPER}\n', ''))
        self.found('dnsmasq', 'no dhcp-script')
        CONFIGURATION.write_text(f'[[source]]\nkind = "dnsmasq-leases"\npath = "{self.lan.lease_file}"\nnetwork = "lan2"\n')
        self.addCleanup(CONFIGURATION.unlink)
        run('leasectl', 'import')
        self.assertIn(f'imported from {self.lan.lease_file}', json.dumps(self.well()))
        self.lan.stop()
        self.assertIn('the leases of others are imported', json.dumps(self.well()))

    def test_a_dnsmasq_that_serves_names_only_is_no_problem(self):
        server = subprocess.Popen(['dnsmasq', '--conf-file=/dev/null', '--keep-in-foreground', '--port=5353', '--pid-file'])
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        self.well()

    def test_a_helper_that_cannot_be_run(self):
        for program in pathlib.Path(HELPER), IMPORTER:
            with self.subTest(program=program):
                program.chmod(0o644)
                self.mended('dnsmasq', f'{program} is not executable')
                program.unlink()
                self.mended('dnsmasq', f'{program} does not exist')

    # Caches

    def test_nscd_in_front(self):
        pathlib.Path('/run/nscd').mkdir(exist_ok=True)
        run('service', 'nscd', 'start')
        self.addCleanup(run, 'service', 'nscd', 'stop')
        self.mended('caches', 'nscd (process', 'web')
        self.found('caches', 'nscd runs without a cache of hosts', severity='ok')

    # AppArmor, whose files are played: the kernel of the machine may not have it

    def test_apparmor_keeps_dnsmasq_from_running_the_helper(self):
        for place in '/sys/module', '/sys/kernel/security':
            sandbox.mount('-t', 'tmpfs', 'played', place)
            self.addCleanup(run, 'umount', place)
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
        self.mended('apparmor', f'does not let it run {HELPER}')
        (rules.parent / 'local/usr.sbin.dnsmasq').write_text(f'{HELPER} ix,\n/run/nss-leases/* rwk,\n')
        self.found('apparmor', 'does not let it write /var/lib/nss-leases')
        (rules.parent / 'local/usr.sbin.dnsmasq').write_text(f'{HELPER} ix,\n@{{run}}/nss-leases/* rwk,\n/var/lib/nss-leases/** rw,\n')
        self.well()
        (rules.parent / 'local/usr.sbin.dnsmasq').write_text('/usr/{lib,lib64}/nss-leases/leaseshelper ix,\n@{PROC}/@{HOME}/{a,b w,\n')
        self.found('apparmor', f'does not let it run {HELPER}')
        (rules.parent / 'local/usr.sbin.dnsmasq').write_text(
            '/usr/{lib/{x86_64-linux-gnu/,},libexec/}nss-leases/{leases-import,leaseshelper} ix,\n/{,var/}run/nss-leases/* rwk,\n/var/{lib,cache}/nss-leases/** rw,\n')
        self.well()
        microseconds = int(time.clock_gettime(time.CLOCK_MONOTONIC) * 1e6)
        denial = 'audit: apparmor="DENIED" operation="open" profile="ping" name="/run/nss-leases/hosts.idx" \x1b[2J'
        log.write_text(f'6,1,{microseconds},-;{denial}\n')
        self.assertIn('abstractions/nameservice.d', self.found('apparmor', '0 min ago: apparmor="DENIED"')['remedy'])
        log.write_text(f'6,1,{microseconds - 7200 * 1000000},-;{denial}\n')
        self.well()

    # Names

    def test_a_name_that_is_over(self):
        lease_of('old', '10.77.250.1', int(time.time()) - 60)
        self.found('name', 'the lease of old (10.77.250.1 in lan) ended at 20', 'old')

    def test_a_name_that_the_policy_refuses(self):
        CONFIGURATION.write_text('[names]\ndeny = ["deb*"]\n')
        end = int(time.time()) + 3600
        lease_of('wpad', '10.77.250.2', end)
        lease_of('debian', '10.77.250.3', end)
        self.found('name', 'its name is reserved (wpad)', 'wpad')
        self.found('name', 'its name is reserved (wpad)', '10.77.250.2')
        self.found('name', 'its name is denied by names.deny (deb*)', 'debian')
        self.found('name', 'would not be answered: it is reserved (localhost*)', 'localhost5')
        CONFIGURATION.unlink()
        self.mended('name', 'accepts it now', 'debian')
        CONFIGURATION.write_text('[names]\ndeny = ["deb*"]\n')
        remedy = self.found('name', 'since the policy changed', 'debian')['remedy']
        run('sh', '-c', remedy)
        self.found('name', 'its name is denied', 'debian')

    def test_a_name_that_no_lease_has(self):
        self.found('name', 'no lease has the name nobody', 'nobody')
        self.found('name', "web (" + self.web + " in lan) is not in 'elsewhere.test'", 'web.elsewhere.test')
        self.found('name', 'nothing is leased at 10.77.250.9', '10.77.250.9')
        lease_of('', '10.77.250.4', 0)
        self.found('name', 'has no name', '10.77.250.4')
        self.found('name', 'is no host name', 'a..b')

    def test_a_name_with_one_family(self):
        _, _, six = self.join(self.network('red', families=(4, 6)), 'six', Dhclient, family=6)
        self.found('name', f'six is {six} (IPv6 only)', 'six', severity='ok')
        self.found('name', f'six is {six} (IPv6 only)', six, severity='ok')

    def test_a_name_that_stands_in_etc_hosts(self):
        HOSTS.write_text(HOSTS.read_text() + '10.9.9.9\tweb.lan webserver web\n')
        finding = self.found('name', f'web is {self.web}, but getaddrinfo() answers 10.9.9.9, which /etc/hosts says', 'web')
        run('sh', '-c', finding['remedy'])
        self.well('web')
        self.assertEqual(resolve('webserver'), {'10.9.9.9'})
        self.mended('name', '10.9.9.9, which /etc/hosts says', 'web.lan')

    def test_a_name_that_the_system_does_not_ask_the_module_for(self):
        NSSWITCH.write_text('hosts: files\n')
        self.found('name', 'the module alone answers, but is not asked', 'web')
        self.mended('nsswitch', 'leases is missing', 'web')

    def test_a_name_that_dns_answers_in_front(self):
        server = subprocess.Popen(['dnsmasq', '--conf-file=/dev/null', '--keep-in-foreground', '--listen-address=127.0.0.1', '--bind-interfaces',
                                   '--no-resolv', '--pid-file', '--host-record=web,10.9.9.9'])
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        resolv = pathlib.Path('/etc/resolv.conf')
        resolv.write_text('nameserver 127.0.0.1\n')
        self.addCleanup(resolv.write_text, '')
        NSSWITCH.write_text('hosts: files dns leases\n')
        wait_until(lambda: resolve('web') == {'10.9.9.9'}, lab.SOON, 'an answer of DNS')
        self.found('name', "10.9.9.9, which 'dns' says, in front of leases", 'web')
        self.mended('nsswitch', "'dns' stands before leases", 'web')

    # What is read is not trusted

    def test_control_characters_are_escaped(self):
        NSSWITCH.write_text('hosts: files \x1b]0;\x07\n')
        done = leasectl_check('we\x1bb')
        self.assertEqual(done.returncode, 1)
        self.assertTrue(all(' ' <= c <= '~' or c == '\n' for c in done.stdout), done.stdout)
        self.assertIn('files \\x1b]0;\\x07', done.stdout)


if __name__ == '__main__':
    lab.main()
