"""What the tab key offers in the real bash, zsh and fish, with the files that were installed."""

import json
import os
import pty
import re
import select
import subprocess
import time

import lab
from calls import call, lease, mac
from hostile import replace_in_index
from lab import run
from waiting import SOON

VERBS = {'list', 'lookup', 'networks', 'resolve', 'wait', 'watch', 'export', 'release', 'forget', 'known-hosts', 'check', 'import', 'rebuild', 'dump',
         'lease-file', 'libvirt-helper', 'libvirt-hook'}


def in_bash(*words):
    """Through bash-completion, which finds the file by the command's name."""
    script = '''
        source /usr/share/bash-completion/bash_completion
        _completion_loader leasectl
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}; COMP_WORDBREAKS=
        compopt() { :; }
        "$(complete -p leasectl | sed 's/.*-F \\([^ ]*\\).*/\\1/')" leasectl
        printf '%s\\n' "${COMPREPLY[@]}"'''
    return set(run('bash', '-c', script, 'bash', 'leasectl', *words).split())


def on_terminal(program, setup, keys, pattern):
    """What an interactive shell shows once these keys are typed: the match of the pattern."""
    terminal, inside = pty.openpty()
    process = subprocess.Popen(program, stdin=inside, stdout=inside, stderr=inside, start_new_session=True,
                               env={**os.environ, 'TERM': 'dumb', 'INPUTRC': '/dev/null'})
    os.close(inside)

    def read_until(pattern):
        nonlocal shown
        deadline = time.monotonic() + SOON
        while not re.search(pattern, shown, re.S):
            if not select.select([terminal], [], [], max(0, deadline - time.monotonic()))[0]:
                raise AssertionError(f'{program[0]} said: {shown}')
            shown += os.read(terminal, 65536).decode(errors='replace')
        return re.search(pattern, shown, re.S)

    shown = ''
    try:
        file = lab.RUNTIME.parent / 'shell-setup'
        file.write_text(f'{setup}\nprintf ready-; echo now\n')
        os.write(terminal, f'source {file}\n'.encode())
        read_until('ready-now')
        os.write(terminal, keys.encode())
        return read_until(pattern)
    finally:
        process.kill()
        process.wait()
        os.close(terminal)


def completed_in_bash(line):
    """The command line after the tab key, where bash ends words at ':' and '='."""
    setup = r'''
        PS1=; bind 'set enable-bracketed-paste off'
        source /usr/share/bash-completion/bash_completion
        show() { echo "<<$READLINE_LINE>>"; }
        bind -x '"\C-x": show'
    '''
    return on_terminal(['bash', '--norc', '-i'], setup, f'{line}\t\x18', '<<(.*?)>>').group(1)


def in_fish(*words):
    line = ' '.join(['leasectl', *words])
    return {offer.split('\t')[0] for offer in run('fish', '-c', f'complete -C {json.dumps(line)}').splitlines()}


def in_zsh(*words):
    """zsh completes in its line editor only, so it gets a terminal. A widget shows all that is offered."""
    setup = r'''
        PS1=; unsetopt zle_bracketed_paste 2>/dev/null
        autoload -Uz compinit; compinit -u -D
        zstyle ':completion:*' verbose no
        typeset -a offered
        compadd() {
            local -a found
            builtin compadd -O found "$@"
            offered+=($found)
            builtin compadd "$@"
        }
        offer() { offered=(); zle complete-word; print -r -- "<<${(j: :)offered}>>"; exit }
        zle -N offer; zle -C complete-word complete-word _main_complete; bindkey '^X' offer
    '''
    keys = ' '.join(['leasectl', *words]) + '\x18'
    return set(on_terminal(['zsh', '-f', '-i'], setup, keys, '<<(.*?)>>').group(1).split())


class Completion(lab.LabTest):

    def setUp(self):
        super().setUp()
        lease(1, 'web')
        lease(2, 'worker')
        lease(3, 'db')
        self.macs = {mac(1), mac(2), mac(3)}

    def offered(self, *words):
        """What each shell offers for the last word."""
        return {shell.__name__: shell(*words) for shell in (in_bash, in_fish, in_zsh)}

    def assert_offered(self, expected, *words):
        for shell, offers in self.offered(*words).items():
            with self.subTest(shell=shell, words=words):
                self.assertEqual(offers, expected)

    def test_verbs(self):
        for shell, offers in self.offered('').items():
            with self.subTest(shell=shell):
                self.assertLessEqual(VERBS, offers)
                self.assertFalse({'web', 'lan'} & offers)
        self.assert_offered({'rebuild', 'release', 'resolve'}, 're')

    def test_options_are_those_of_the_verb(self):
        for shell, offers in self.offered('wait', '--').items():
            with self.subTest(shell=shell):
                self.assertLessEqual({'--match', '--count', '--timeout', '--family', '--port', '--json', '--config'}, offers)
                self.assertNotIn('--color', offers)

    def test_networks_where_a_network_is_meant(self):
        self.assert_offered({'lan'}, 'list', '')
        self.assert_offered({'lan'}, 'export', 'zone', '')

    def test_formats_where_a_format_is_meant(self):
        self.assert_offered({'hosts'}, 'export', 'h')
        for shell, offers in self.offered('export', 'zone', '--').items():
            with self.subTest(shell=shell):
                self.assertLessEqual({'--origin', '--ttl', '--output'}, offers)

    def test_fields_of_a_lease_one_after_the_other(self):
        self.assert_offered({'host', 'hostname'}, 'list', '--sort', 'ho')
        self.assert_offered({'guest,mac-address'}, 'watch', '--columns', 'guest,ma')
        self.assert_offered({'guest,change'}, 'watch', '--columns', 'guest,ch')
        self.assert_offered({'time'}, 'watch', '--columns', 'ti')
        for shell, offers in self.offered('list', '--columns', 'ti').items():
            with self.subTest(shell=shell):
                self.assertFalse({'time'} & offers, 'of a change alone')

    def test_nothing_where_nothing_is_meant(self):
        for shell, offers in self.offered('rebuild', '').items():
            with self.subTest(shell=shell):
                self.assertEqual(offers - {''}, set())

    def test_names_where_a_name_is_meant(self):
        self.assert_offered({'web', 'worker', 'db'} | self.macs, 'wait', '')
        self.assert_offered({'web', 'worker'}, 'resolve', '--fold', 'db', 'w')

    def test_names_and_addresses_where_a_lease_is_meant(self):
        self.assert_offered({'web', 'worker', 'db', '10.0.0.1', '10.0.0.2', '10.0.0.3'} | self.macs, 'release', '')
        self.assert_offered({mac(2)}, 'lookup', mac(2))
        self.assert_offered({'10.0.0.1', '10.0.0.2', '10.0.0.3'}, '--config', '/etc/nss-leases.conf', 'lookup', '10')

    def test_guests_where_a_guest_or_a_name_is_meant(self):
        file = lab.STATE.parent / 'libvirt/dnsmasq/lan.macs'
        file.parent.mkdir(parents=True, exist_ok=True)
        self.addCleanup(file.unlink)
        file.write_text(json.dumps([{'domain': 'vm1.corp', 'macs': [mac(1)]}]))
        run('leasectl', 'rebuild')
        self.assert_offered({'vm1.corp'}, 'list', '--guest', '')
        self.assert_offered({'vm1'}, 'lookup', 'v')
        self.assert_offered({'lan', 'corp'}, 'list', '--domain', '')
        self.assert_offered({'lan'}, 'export', 'zone', '--origin', '')

    def test_what_the_switch_can_do(self):
        self.assert_offered({'on', 'off', 'status'}, 'libvirt-helper', '')
        self.assert_offered({'take', 'give', 'status'}, 'lease-file', '')
        for shell, offers in self.offered('libvirt-helper', 'status', '--').items():
            with self.subTest(shell=shell):
                self.assertIn('--json', offers)

    def test_values_of_options(self):
        self.assert_offered({'v4', 'v6', 'both'}, 'wait', '--family', '')
        self.assert_offered({'auto', 'always', 'never'}, 'list', '--color', '')
        self.assert_offered({'lan'}, 'export', 'zone', '--origin', '')
        self.assert_offered({'zone'}, 'help', 'export', 'z')

    def test_values_behind_an_equals_sign(self):
        self.assert_offered({'--color=always', '--color=auto'}, 'list', '--color=a')
        self.assertEqual(completed_in_bash('leasectl list --color=al'), 'leasectl list --color=always ')
        self.assertEqual(completed_in_bash('leasectl list --guest='), 'leasectl list --guest=')

    def test_bash_completes_words_that_it_ends_at_a_colon(self):
        call('add', '00:03:00:01:' + mac(1), 'fd77:2::1a3', 'six', DNSMASQ_IAID='1', DNSMASQ_SERVER_DUID='00:01')
        lease(0x40, 'forty')
        for line, completed in (('leasectl lookup fd77:2', 'leasectl lookup fd77:2::1a3 '), ('leasectl lookup fd77:', 'leasectl lookup fd77:2::1a3 '),
                                ('leasectl --config /dev/null lookup fd77:2::', 'leasectl --config /dev/null lookup fd77:2::1a3 '),
                                (f'leasectl check {mac(0x40)[:-1]}', f'leasectl check {mac(0x40)} '), ('leasectl chec', 'leasectl check ')):
            with self.subTest(line=line):
                self.assertEqual(completed_in_bash(line), completed)

    def test_files_where_a_file_is_meant(self):
        place = lab.RUNTIME.parent / 'files'
        place.mkdir(exist_ok=True)
        (place / 'hosts.idx').touch()
        for words in (['dump'], ['known-hosts', '--file'], ['export', 'hosts', '--output'], ['lease-file', 'take'], ['--config']):
            for shell, offers in self.offered(*words, f'{place}/ho').items():
                with self.subTest(shell=shell, words=words):
                    self.assertTrue({f'{place}/hosts.idx', 'hosts.idx'} & offers, offers)
        self.assertEqual(completed_in_bash(f'leasectl export hosts --output={place}/ho'), f'leasectl export hosts --output={place}/hosts.idx ')
        self.assertIn(f'--output={place}/hosts.idx', in_fish('export', 'hosts', f'--output={place}/ho'))

    def test_what_was_given_is_not_offered_again(self):
        self.assert_offered({'worker'}, 'wait', 'web', 'w')
        for shell, offers in self.offered('resolve', '--json', '--').items():
            with self.subTest(shell=shell):
                self.assertFalse({'--json', '--fold'} & offers, '--fold excludes --json')
                self.assertIn('--reverse', offers)
        for shell, offers in self.offered('known-hosts', '--file', 'a', '--').items():
            with self.subTest(shell=shell):
                self.assertIn('--file', offers, 'which may be repeated')

    def test_a_name_that_a_shell_would_take_for_something_else_is_not_offered(self):
        replace_in_index(('worker', b'$(id)w'))
        self.assert_offered({'web'}, 'wait', 'w')
        for shell, offers in self.offered('wait', '').items():
            with self.subTest(shell=shell):
                self.assertFalse([offer for offer in offers if '$' in offer])

    def test_without_an_index_nothing_is_offered_and_nothing_is_said(self):
        (lab.INDEX).unlink()
        for shell, offers in self.offered('wait', '').items():
            with self.subTest(shell=shell):
                self.assertEqual(offers - {''}, set())


if __name__ == '__main__':
    lab.main()
