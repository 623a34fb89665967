"""How leasectl and the helper read their command lines, and what happens to their output."""

import os
import re
import shlex
import shutil
import subprocess

import lab
from calls import call, lease, mac
from lab import INDEX, identity, leasectl, run
from network import HELPER
from sandbox import SCRATCH
from sources import CONFIGURATION
from waiting import HUNG


def ended(*command, output='', **options):
    """Status and standard error of a command, whose standard output a shell redirects."""
    line = f'{shlex.join(map(str, command))} {output}'
    done = subprocess.run(['sh', '-c', line], stdin=subprocess.DEVNULL, capture_output=True, text=True, **options)
    return done.returncode, done.stderr


class CommandLine(lab.LabTest):

    def setUp(self):
        super().setUp()
        for number, name in enumerate(('1a3', '1a4', '2a3', '2a4'), 1):
            lease(number, name)

    def test_brackets_around_an_argument_are_part_of_it(self):
        found = [f'{name}\t10.0.0.{number}' for number, name in enumerate(('1a3', '1a4', '2a3', '2a4'), 1)]
        for verb in ['resolve'], ['wait', '--timeout', '0']:
            with self.subTest(verb=verb):
                self.assertEqual(leasectl(*verb, '[1-2]a[3-4]').splitlines(), found)
                self.assertEqual(sorted(leasectl(*verb, '[1,2]a[3]', '1a[4]').splitlines()), found[:3])
                self.assertEqual(ended('leasectl', *verb, '[]')[0], 2)
        for network in '[]', '[lan]', '[lan,lan]':
            for verb in ['list'], ['export', 'hosts']:
                with self.subTest(verb=verb, network=network):
                    code, complaint = ended('leasectl', *verb, 'lan', network)
                    self.assertEqual(code, 1)
                    self.assertIn(f"'{network}'", complaint)

    def test_brackets_around_an_option_s_value_are_part_of_it(self):
        home = SCRATCH / 'home'
        for name in 'a', 'b', '[a,b]':
            (home / name).parent.mkdir(exist_ok=True)
            (home / name).write_text('1a3 ssh-ed25519 AAAA\n')
        known_hosts = ['env', f'HOME={home}', 'leasectl', 'known-hosts', '--file', home / '[a,b]', '--file', '[a,b]']
        run(*known_hosts, cwd=home)
        call('add', mac(9), '10.0.0.1', '1a3')
        run(*known_hosts, cwd=home)
        self.assertEqual([(home / name).read_text() != '' for name in ('a', 'b', '[a,b]')], [True, True, False])

    def test_an_option_that_can_be_repeated_takes_one_value_each_time(self):
        code, complaint = ended('leasectl', 'known-hosts', '--file', 'a', 'b')
        self.assertEqual(code, 2)
        self.assertIn('b', complaint)

    def test_a_word_that_is_not_a_command_is_named(self):
        for words, complaint in ((['lst'], "'leasectl' has no command 'lst'; did you mean 'list'? see leasectl --help"),
                                 (['--config', '/dev/null', 'lst'], "'leasectl' has no command 'lst'; did you mean 'list'? see leasectl --help"),
                                 (['help', 'lokup'], "'leasectl' has no command 'lokup'; did you mean 'lookup'? see leasectl --help"),
                                 (['list', '--jsno'], "'leasectl list' has no option '--jsno'; did you mean '--json'? see leasectl list --help"),
                                 (['lookup', 'a', 'b'], "'leasectl lookup' does not take 'b'; see leasectl lookup --help"),
                                 (['-V'], "'leasectl' has no option '-V'; see leasectl --help"),
                                 (['export', 'foo'], "'leasectl export' has no command 'foo'; see leasectl export --help"),
                                 (['libvirt-helper', 'x'], "'leasectl libvirt-helper' has no command 'x'; see leasectl libvirt-helper --help"),
                                 (['lookup', '--fast'], "'leasectl lookup' has no option '--fast'; see leasectl lookup --help")):
            with self.subTest(words=words):
                self.assertEqual(ended('leasectl', *words), (2, f'leasectl: {complaint}\n'))
        self.assertIn('required', ended('leasectl', 'export')[1])
        self.assertIn('--timeout: 1 required TIME', ended('leasectl', 'wait', 'a', '--timeout')[1])

    def test_help_explains_a_command(self):
        self.assertEqual(leasectl('help', 'export', 'zone'), leasectl('export', 'zone', '--help'))
        self.assertEqual(leasectl('help'), leasectl('--help'))

    def test_json_may_stand_in_front_of_the_command(self):
        for verb in ['list'], ['networks'], ['lookup', '1a3']:
            self.assertEqual(leasectl('--json', *verb), leasectl(*verb, '--json'))

    def test_the_help_names_values_as_the_manual_does(self):
        for verb in ['wait'], ['export', 'zone'], ['export', 'prometheus'], ['list'], ['release'], ['known-hosts']:
            for word in 'FLOAT', 'UINT', 'TEXT', 'INT':
                self.assertNotRegex(leasectl(*verb, '--help'), rf'\b{word}\b')

    def test_numbers_are_decimal(self):
        for ttl, seconds in ('010', '10'), ('0', '0'), ('604800', '604800'), ('00', '0'), ('1h30m', '5400'), ('7d', '604800'):
            with self.subTest(ttl=ttl):
                self.assertIn(f'$TTL {seconds}\n', leasectl('export', 'zone', '--origin', 'lan', '--ttl', ttl))
        for ttl in '0x10', '1e3', '604801', '99999999999999999999', '-1', '+1', '1.5', ' 1', '':
            with self.subTest(ttl=ttl):
                code, complaint = ended('leasectl', 'export', 'zone', '--origin', 'lan', f'--ttl={ttl}')
                self.assertEqual(code, 2)
                self.assertIn('--ttl', complaint)

    def test_a_number_that_does_not_fit_is_none(self):
        for option, value in (('--count', '99999999999999999999'), ('--count', '0x1'), ('--port', '65537'), ('--timeout', '0x10'),
                              ('--timeout', 'inf'), ('--timeout', 'nan'), ('--timeout', '1' + '0' * 400), ('--timeout', '-1'), ('--timeout', '')):
            with self.subTest(option=option, value=value):
                arguments = ['--timeout', '0'] if option != '--timeout' else []
                code, complaint = ended('leasectl', 'wait', '--match', '*a*', *arguments, option, value)
                self.assertEqual(code, 2)
                self.assertIn(option, complaint)
        for time in '0', '0.5', '010ms', '1s', '1m', '1h', '00.01h', '1h30m', '1d':
            with self.subTest(time=time):
                self.assertEqual(ended('leasectl', 'wait', '1a3', '--timeout', time), (0, ''))

    def test_a_configuration_that_is_not_there_is_not_taken_for_the_standard_one(self):
        shutil.rmtree(INDEX.parent)
        for verb in ['rebuild'], ['list'], ['check']:
            for file in '/does/not/exist', '/etc/passwd/x', '/etc', '':
                with self.subTest(verb=verb, file=file):
                    code, complaint = ended('leasectl', '--config', file, *verb)
                    self.assertEqual(code, 2)
                    self.assertIn('--config', complaint)
                    self.assertIn(file, complaint)
        self.assertFalse(INDEX.exists())

    def test_what_is_no_file_is_moved_away_only_where_the_configuration_belongs(self):
        for file, advice in (CONFIGURATION, 'move it away'), (SCRATCH, 'name another one'):
            with self.subTest(file):
                file.mkdir(exist_ok=True)
                said = ended('leasectl', 'list', env={**os.environ, 'NSS_LEASES_CONFIG': str(file)})
                self.assertEqual(said, (0, f'leasectl: {file}: is not a file; {advice}\n'))
        CONFIGURATION.rmdir()

    def test_a_configuration_that_is_there_is_read(self):
        file = SCRATCH / 'other.conf'
        file.write_text(f'state-directory = "{SCRATCH}/other"\nruntime-directory = "{SCRATCH}/other"\n')
        before = identity(INDEX)
        leasectl('--config', file, 'rebuild')
        self.assertTrue((SCRATCH / 'other/hosts.idx').exists())
        self.assertEqual(identity(INDEX), before)

    def test_help_and_version_that_are_lost_are_a_failure(self):
        for command in ['--help'], ['--version'], ['list', '--help'], ['export', 'hosts', '--help']:
            for output in '>/dev/full', '>&-':
                with self.subTest(command=command, output=output):
                    code, complaint = ended('leasectl', *command, output=output)
                    cause = 'No space left on device' if 'full' in output else 'Bad file descriptor'
                    self.assertEqual((code, complaint), (3, f'leasectl: standard output: cannot be written: {cause}\n'))
            self.assertEqual(ended('leasectl', *command), (0, ''))
        for command in '--help', '--version':
            for output in '>/dev/full', '>&-':
                with self.subTest(helper=command, output=output):
                    code, complaint = ended(HELPER, command, output=output)
                    self.assertEqual((code, complaint.count('\n')), (1, 1))
            self.assertEqual(ended(HELPER, command), (0, ''))


class OtherUsers(lab.LabTest):
    """What a user who lacks a right is told helps, run as root."""

    def setUp(self):
        super().setUp()
        lease(1, 'web')

    def as_nobody(self, *arguments, **environment):
        command = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'env', *(f'{key}={value}' for key, value in environment.items()),
                   'leasectl', *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=HUNG)
        return done.returncode, done.stdout, done.stderr

    def advice(self, *arguments):
        """What an error says to run."""
        code, _, complaint = self.as_nobody(*arguments)
        self.assertEqual(code, 3)
        self.assertIn('Permission denied', complaint)
        return re.search('run as root: (.*)', complaint)[1]

    def test_an_index_that_others_may_not_read(self):
        for place, mode in (INDEX, 0o600), (INDEX.parent, 0o700):
            with self.subTest(place=place):
                place.chmod(mode)
                run('sh', '-c', self.advice('list'))
                self.assertEqual(self.as_nobody('resolve', 'web'), (0, 'web\t10.0.0.1\n', ''))

    def test_a_configuration_that_others_may_not_read(self):
        CONFIGURATION.touch(0o600)
        CONFIGURATION.chmod(0o600)
        self.addCleanup(CONFIGURATION.unlink)
        run('sh', '-c', self.advice('list'))
        self.assertEqual(self.as_nobody('resolve', 'web'), (0, 'web\t10.0.0.1\n', ''))

    def test_what_only_root_may_do(self):
        for verb in 'import', 'rebuild':
            self.assertIn(f'run it as root: sudo leasectl {verb}\n', self.as_nobody(verb)[2])

    def test_a_home_that_cannot_be_written(self):
        code, _, complaint = self.as_nobody('known-hosts', HOME='/nonexistent')
        self.assertEqual(code, 3)
        self.assertIn('set XDG_STATE_HOME to a directory in which you may write', complaint)
        self.assertEqual(self.as_nobody('known-hosts', HOME='/nonexistent', XDG_STATE_HOME='/run/sandbox/tmp')[0], 0)

    def test_an_index_to_dump_that_only_root_may_read(self):
        INDEX.chmod(0o600)
        self.assertEqual(self.as_nobody('dump'), (3, '', f'leasectl: {INDEX}: cannot be read: Permission denied; run it as root: sudo leasectl dump\n'))

    def test_a_file_to_dump_that_only_root_may_read(self):
        copy = SCRATCH / "bob's copy.idx"
        copy.write_bytes(INDEX.read_bytes())
        copy.chmod(0o600)
        code, _, complaint = self.as_nobody('dump', copy)
        self.assertEqual(code, 3)
        _, said, command = complaint.partition('; run it as root: sudo ')
        self.assertTrue(said, complaint)
        self.assertEqual(shlex.split(command), ['leasectl', 'dump', str(copy)])

    def test_an_index_to_dump_that_is_not_there(self):
        self.assertEqual(self.as_nobody('dump', '/nofile'), (3, '', 'leasectl: /nofile: does not exist\n'))


if __name__ == '__main__':
    lab.main()
