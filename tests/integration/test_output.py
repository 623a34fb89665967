"""How leasectl prints: for a person on a terminal, for a script in a pipe, and what the index must not do to either."""

import fcntl
import json
import os
import pathlib
import pty
import re
import shlex
import struct
import subprocess
import tempfile
import termios

import lab
from calls import call, lease, mac
from hostile import DOMAIN, NAME, NETWORK, WRONG_DOMAIN, WRONG_NAME, WRONG_NETWORK, replace_in_index
from lab import leasectl, run, wait_until
from program import Program
from sandbox import SCRATCH
from schemas import validate, validator
from sources import CONFIGURATION, configure, dnsmasq_leases, import_once
from waiting import HUNG

COLOUR = '\x1b['
DATE = r'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d'


def on_terminal(*arguments, columns=200, **environment):
    """What leasectl shows on a terminal."""
    terminal, inside = pty.openpty()
    fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
    process = subprocess.Popen(['leasectl', *arguments], stdin=inside, stdout=inside, stderr=inside,
                               env={**os.environ, 'TERM': 'xterm', **environment})
    os.close(inside)
    shown = b''
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # EIO: nobody has the other end any more
            break
        shown += piece
    os.close(terminal)
    process.wait()
    return shown.decode().replace('\r\n', '\n')


class Output(lab.LabTest):

    def setUp(self):
        super().setUp()
        _, _, self.address = self.join(self.network('red', domain='red.test'), 'web')

    def test_in_a_pipe_times_are_dates_and_nothing_is_coloured(self):
        for verb in ['list'], ['lookup', 'web'], ['networks']:
            with self.subTest(verb=verb):
                text = leasectl(*verb)
                self.assertRegex(text, DATE)
                self.assertNotIn('\x1b', text)

    def test_on_a_terminal_times_are_from_now_on_and_there_is_colour(self):
        for verb in ['list'], ['lookup', 'web'], ['networks']:
            with self.subTest(verb=verb):
                text = on_terminal(*verb)
                self.assertRegex(text, r'in \d+ min')
                self.assertNotRegex(text, DATE)
                self.assertIn(COLOUR, text)

    def test_colours_do_not_move_the_columns(self):
        for verb in ['list'], ['networks']:
            plain = leasectl(*verb).splitlines()
            coloured = leasectl(*verb, '--color=always').splitlines()
            self.assertEqual([re.sub(r'\x1b\[\d*m', '', line) for line in coloured], plain)
            self.assertNotEqual(coloured, plain)

    def test_no_color_a_dumb_terminal_and_the_option_decide(self):
        self.assertNotIn(COLOUR, on_terminal('list', NO_COLOR='1'))
        self.assertIn(COLOUR, on_terminal('list', NO_COLOR=''))
        self.assertNotIn(COLOUR, on_terminal('list', TERM='dumb'))
        self.assertNotIn(COLOUR, on_terminal('list', '--color=never'))
        self.assertIn(COLOUR, on_terminal('list', '--color', 'always', NO_COLOR='1'))
        self.assertIn(COLOUR, leasectl('list', '--color=always'))
        self.assertNotIn(COLOUR, leasectl('list', '--color=auto'))
        wrong = subprocess.run(['leasectl', 'list', '--color=pink'], capture_output=True, text=True)
        self.assertEqual((wrong.returncode, wrong.stdout), (2, ''))

    def test_a_table_is_no_wider_than_the_terminal_unless_all_columns_are_wanted(self):
        call('add', '00:03:00:01:' + mac(1), '2001:db8:1234:5678::1a3', 'six', DNSMASQ_IAID='1', DNSMASQ_SERVER_DUID='00:01', DNSMASQ_MAC=mac(1))
        for verb in ['list'], ['lookup', 'web'], ['networks']:
            with self.subTest(verb=verb):
                lines = on_terminal(*verb, '--color=never', columns=80).splitlines()
                self.assertLessEqual(max(map(len, lines)), 80)
                self.assertNotIn('Client ID', lines[0])
                self.assertEqual(on_terminal(*verb, '--color=never', '--long', columns=80).split('  ')[-1].split()[-1], leasectl(*verb).split()[-1])
        self.assertIn('Client ID or DUID', leasectl('list'))
        self.assertIn('Client ID or DUID', on_terminal('list', '--long'))
        self.assertNotIn('Client ID or DUID', on_terminal('list', columns=300))

    def test_a_refused_name_is_marked(self):
        lease(7, 'wpad', DNSMASQ_INTERFACE='other')
        row = leasectl('list', 'other').splitlines()[1]
        self.assertIn('  refused:wpad  ', row)
        self.assertEqual(validate(leasectl('list', '--json', 'other'), 'lease-list.schema.json')[0]['refused-hostname'], 'wpad')

    def test_check_colours_its_verdicts_on_a_terminal_and_nothing_else(self):
        plain = subprocess.run(['leasectl', 'check'], capture_output=True, text=True).stdout
        self.assertNotIn('\x1b', plain)
        shown = on_terminal('check')
        self.assertEqual(re.sub(r'\x1b\[\d*m', '', shown), plain)
        for line in shown.splitlines():
            self.assertRegex(line, r'^(\x1b\[32mok     |\x1b\[33mproblem|unknown)  (\x1b\[0m)?\w')

    def test_check_puts_problems_first_and_apart_on_a_terminal(self):
        nsswitch = pathlib.Path('/etc/nsswitch.conf')
        self.addCleanup(nsswitch.write_bytes, nsswitch.read_bytes())
        nsswitch.write_text('hosts: files dns\n')
        report = json.loads(subprocess.run(['leasectl', 'check', '--json'], capture_output=True, text=True).stdout)
        problem, = (finding for finding in report['findings'] if finding['severity'] == 'problem')
        shown = on_terminal('check')
        self.assertTrue(shown.startswith(f"\x1b[33mproblem  \x1b[0mnsswitch       {problem['text']}\n"
                                         f"  to fix it:\n    \x1b[1m{problem['remedy']}\x1b[0m\n\n\x1b[32mok "), shown)
        self.assertNotIn('problem', shown[1 + shown.index('problem'):])
        self.assertEqual(on_terminal('check', NO_COLOR='1'), re.sub(r'\x1b\[\d*m', '', shown))
        piped = subprocess.run(['leasectl', 'check'], capture_output=True, text=True).stdout
        self.assertIn(f"problem  nsswitch       {problem['text']}; to fix it: {problem['remedy']}\n", piped)
        self.assertEqual(len(piped.splitlines()), len(report['findings']))

    def test_an_end_that_no_date_can_tell_is_a_number(self):
        last = 2 ** 64 - 1
        leases = SCRATCH / 'far.leases'
        leases.write_text(f'{last} 52:54:00:00:00:01 10.1.0.1 far *\n')
        configure(dnsmasq_leases(leases, network='far'))
        self.addCleanup(CONFIGURATION.unlink)
        import_once()
        for text in leasectl('list', 'far'), leasectl('lookup', 'far'), leasectl('networks'):
            self.assertIn(f' {last} ', text)
            self.assertNotIn(' 1969-', text)
        found, = validate(leasectl('list', '--json', 'far'), 'lease-list.schema.json')
        self.assertEqual(found['expiry-time'], last)
        self.assertIn(f'nss_leases_next_expiry_timestamp_seconds{{network="far"}} {last}\n', leasectl('export', 'metrics'))

    def test_json_is_as_its_schema_has_it_on_a_terminal_too(self):
        for verb in ['list'], ['lookup', self.address], ['lookup', 'web', '--color=always']:
            self.assertEqual(leasectl(*verb, '--json'), on_terminal(*verb, '--json'))
            self.assertEqual(len(validate(leasectl(*verb, '--json'), 'lease-list.schema.json')), 1)
        for answer in leasectl('resolve', '--json', 'web'), leasectl('resolve', '--json', '--reverse', self.address):
            validate(answer, 'answer.schema.json')

    def test_nothing_found_is_an_empty_array(self):
        done = subprocess.run(['leasectl', 'lookup', '--json', 'nobody'], capture_output=True, text=True)
        self.assertEqual((done.returncode, validate(done.stdout, 'lease-list.schema.json')), (1, []))
        self.assertEqual(done.stderr, "leasectl: nothing is leased to 'nobody'\n")
        for command in ['list', 'green'], ['list', '--guest', 'nobody'], ['networks', 'green'], ['release', 'nobody'], ['forget', 'nobody']:
            with self.subTest(command=command):
                done = subprocess.run(['leasectl', *command, '--json'], capture_output=True, text=True)
                self.assertEqual((done.returncode, json.loads(done.stdout)), (1, []))

    def test_the_schema_of_leases_takes_nothing_else(self):
        lease, = json.loads(leasectl('list', '--json'))
        for wrong in {'colour': 'red'}, {'prefix-length': '24'}, {'network': '../etc'}, {'hostname': 'a.b'}, {'ip-address': 'web'}:
            self.assertFalse(validator('lease-list.schema.json').is_valid([{**lease, **wrong}]))


class FullDisk(lab.LabTest):
    """Nothing can be written to /dev/full."""

    VERBS = (['list'], ['list', '--json'], ['lookup', 'web'], ['networks'], ['networks', '--json'], ['resolve', 'web'], ['wait', 'web'],
             ['wait', 'nobody', '--json', '--timeout', '0'], ['export', 'hosts'], ['export', 'ansible'], ['export', 'prometheus'],
             ['export', 'metrics'], ['export', 'ssh-config'], ['export', 'clush'], ['export', 'zone', '--origin', 'lan'],
             ['release', 'web', '--json'], ['import'], ['rebuild'], ['dump'], ['check'], ['libvirt-helper', 'status'],
             ['libvirt-helper', 'status', '--json'], ['libvirt-hook', 'status'], ['libvirt-hook', 'status', '--json'], ['--help'], ['list', '--help'], ['--version'])

    def setUp(self):
        super().setUp()
        lease(1, 'web')
        lease(2, 'web')

    CAUSES = {'>/dev/full': 'No space left on device', '>&-': 'Bad file descriptor'}

    def fails(self, *arguments, outputs=tuple(CAUSES), **environment):
        """The last message is that of the output, after what the command has to say in any case."""
        for output in outputs:
            done = subprocess.run(['sh', '-c', f'{shlex.join(map(str, ("leasectl", *arguments)))} {output}'], stdin=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE, text=True, timeout=HUNG, env={**os.environ, **environment})
            self.assertEqual(done.returncode, 3, done.stderr)
            self.assertEqual(done.stderr.splitlines()[-1], f'leasectl: standard output: cannot be written: {self.CAUSES[output]}')
            self.assertEqual(done.stderr.count('cannot be written'), 1)
            self.assertNotIn('is kept', done.stderr)

    def test_no_verb_succeeds_when_what_it_says_is_lost(self):
        for verb in self.VERBS:
            with self.subTest(verb=verb):
                self.fails(*verb)

    def test_what_was_done_stays_done_and_no_file_takes_what_was_said(self):
        known = lab.STATE / 'lan.status'
        before = known.read_text()
        for output in self.CAUSES:
            with self.subTest(output=output):
                lab.INDEX.unlink()
                subprocess.run(['sh', '-c', f'leasectl rebuild {output}'], stderr=subprocess.DEVNULL)
                self.assertEqual(leasectl('resolve', 'web'), 'web\t10.0.0.2 10.0.0.1\n')
                self.assertEqual(known.read_text(), before)

    def test_what_watch_cannot_tell_is_an_error(self):
        watch = Program(self, 'sh', '-c', 'exec leasectl watch > /dev/full')
        wait_until(lambda: pathlib.Path(f'/proc/{watch.process.pid}/comm').read_text() == 'leasectl\n', lab.SOON, 'leasectl runs')
        watch.asleep()
        lease(3, 'db')
        self.assertEqual(watch.result(), 3)
        self.assertIn('leasectl: standard output: cannot be written', watch.err.read_text())

    def test_watch_and_wait_without_an_output_end_at_once(self):
        self.fails('watch', outputs=['>&-'])
        self.fails('wait', 'web', outputs=['>&-'])

    def test_what_known_hosts_cannot_print_is_an_error(self):
        with tempfile.TemporaryDirectory() as home:
            run('leasectl', 'known-hosts', env={**os.environ, 'HOME': home})
            file = pathlib.Path(home) / 'known_hosts'
            key = pathlib.Path(home) / 'key'
            run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', key)
            file.write_text(f'10.0.0.1 {key.with_suffix(".pub").read_text()}')
            call('add', mac(9), '10.0.0.1', 'new')
            for options in ['--print'], ['--print', '--json']:
                with self.subTest(options=options):
                    self.fails('known-hosts', '--file', file, *options, HOME=home)
            self.fails('known-hosts', '--file', file, outputs=['>&-'], HOME=home)


class HostileIndex(lab.LabTest):

    def test_no_byte_of_it_reaches_a_terminal_or_makes_a_line_or_a_column(self):
        network = self.network('red', domain=DOMAIN, environment={'NSS_LEASES_NETWORK': NETWORK})
        _, _, address = self.join(network, NAME)
        replace_in_index((NAME, WRONG_NAME), (DOMAIN, WRONG_DOMAIN), (NETWORK, WRONG_NETWORK))
        for verb in ['list'], ['lookup', address], ['networks']:
            with self.subTest(verb=verb):
                for text in leasectl(*verb), on_terminal(*verb, '--color=never'):
                    self.assertTrue(all(line.isprintable() and line.isascii() for line in text.splitlines()), text)
                shown = leasectl(*verb, '--json')
                self.assertTrue(all(line.isprintable() and line.isascii() for line in shown.splitlines()), shown)
                json.loads(shown)
        heading, row = leasectl('list').splitlines()
        self.assertEqual(len(re.split('  +', row)), len(re.split('  +', heading)))
        self.assertIn(r'\x1b[2J\x0a"{{a}}*#', row)
        self.assertEqual(run('leasectl', 'resolve', '--reverse', address), f'{address}\t' + r'\x1b[2j\x0a"{{a}}*#' + '\n')
        unknown = subprocess.run(['leasectl', 'list', 'green'], capture_output=True, text=True)
        self.assertTrue(unknown.stderr.strip('\n').isprintable(), unknown.stderr)


if __name__ == '__main__':
    lab.main()
