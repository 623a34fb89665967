"""How leasectl prints: for a person on a terminal, for a script in a pipe, and what the index must not do to either."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios

import lab
from hostile import DOMAIN, NAME, NETWORK, WRONG_DOMAIN, WRONG_NAME, WRONG_NETWORK, replace_in_index
from lab import leasectl, run
from schemas import validate, validator

COLOUR = '\x1b['
DATE = r'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d'


def on_terminal(*arguments, **environment):
    """What leasectl shows on a terminal."""
    terminal, inside = pty.openpty()
    fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 200, 0, 0))
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

    def test_json_is_as_its_schema_has_it_on_a_terminal_too(self):
        for verb in ['list'], ['lookup', self.address], ['lookup', 'web', '--color=always']:
            self.assertEqual(leasectl(*verb, '--json'), on_terminal(*verb, '--json'))
            self.assertEqual(len(validate(leasectl(*verb, '--json'), 'lease-list.schema.json')), 1)
        for answer in leasectl('resolve', '--json', 'web'), leasectl('resolve', '--json', '--reverse', self.address):
            validate(answer, 'answer.schema.json')

    def test_the_schema_of_leases_takes_nothing_else(self):
        lease, = json.loads(leasectl('list', '--json'))
        for wrong in {'colour': 'red'}, {'prefix-length': '24'}, {'network': '../etc'}, {'hostname': 'a.b'}, {'ip-address': 'web'}:
            self.assertFalse(validator('lease-list.schema.json').is_valid([{**lease, **wrong}]))


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
        self.assertEqual(run('leasectl', 'resolve', '--reverse', address), f'{address}\t' + r'\x1b[2J\x0a"{{a}}*#' + '\n')
        unknown = subprocess.run(['leasectl', 'list', 'green'], capture_output=True, text=True)
        self.assertTrue(unknown.stderr.strip('\n').isprintable(), unknown.stderr)


if __name__ == '__main__':
    lab.main()
