"""What the tab key offers in the real bash, zsh and fish, with the files that were installed."""

import json
import os
import pty
import re
import select
import subprocess
import time

import lab
from calls import lease, mac
from lab import run

VERBS = {'list', 'lookup', 'networks', 'resolve', 'wait', 'watch', 'export', 'release', 'forget', 'known-hosts', 'check', 'import', 'rebuild', 'dump',
         'lease-file', 'libvirt-helper'}
PATIENCE = 20


def in_bash(*words):
    """Through bash-completion, which finds the file by the command's name."""
    script = '''
        source /usr/share/bash-completion/bash_completion
        _completion_loader leasectl
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
        compopt() { :; }
        "$(complete -p leasectl | sed 's/.*-F \\([^ ]*\\).*/\\1/')" leasectl
        printf '%s\\n' "${COMPREPLY[@]}"'''
    return set(run('bash', '-c', script, 'bash', 'leasectl', *words).split())


def in_fish(*words):
    line = ' '.join(['leasectl', *words])
    return {offer.split('\t')[0] for offer in run('fish', '-c', f'complete -C {json.dumps(line)}').splitlines()}


def in_zsh(*words):
    """zsh completes in its line editor only, so it gets a terminal. A widget shows all that is offered."""
    terminal, inside = pty.openpty()
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
        print -r -- ready-"now"
    '''
    process = subprocess.Popen(['zsh', '-f', '-i'], stdin=inside, stdout=inside, stderr=inside, start_new_session=True,
                               env={**os.environ, 'TERM': 'dumb'})
    os.close(inside)

    def read_until(pattern):
        nonlocal shown
        deadline = time.monotonic() + PATIENCE
        while not re.search(pattern, shown, re.S):
            if not select.select([terminal], [], [], deadline - time.monotonic())[0]:
                raise AssertionError(f'zsh said: {shown}')
            shown += os.read(terminal, 65536).decode(errors='replace')
        return re.search(pattern, shown, re.S)

    shown = ''
    try:
        (lab.RUNTIME.parent / 'zsh-setup').write_text(setup)
        os.write(terminal, f'source {lab.RUNTIME.parent}/zsh-setup\n'.encode())
        read_until('ready-now')
        os.write(terminal, ' '.join(['leasectl', *words]).encode() + b'\x18')
        return set(read_until('<<(.*?)>>').group(1).split())
    finally:
        process.kill()
        process.wait()
        os.close(terminal)


class Completion(lab.LabTest):

    def setUp(self):
        super().setUp()
        lease(1, 'web')
        lease(2, 'worker')
        lease(3, 'db')

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

    def test_nothing_where_nothing_is_meant(self):
        for shell, offers in self.offered('networks', '').items():
            with self.subTest(shell=shell):
                self.assertEqual(offers - {''}, set())

    def test_names_where_a_name_is_meant(self):
        self.assert_offered({'web', 'worker', 'db'}, 'wait', '')
        self.assert_offered({'web', 'worker'}, 'resolve', '--fold', 'db', 'w')

    def test_names_and_addresses_where_a_lease_is_meant(self):
        self.assert_offered({'web', 'worker', 'db', '10.0.0.1', '10.0.0.2', '10.0.0.3'}, 'release', '')
        self.assert_offered({'10.0.0.1', '10.0.0.2', '10.0.0.3'}, '--config', '/etc/nss-leases.conf', 'lookup', '10')

    def test_guests_where_a_guest_or_a_name_is_meant(self):
        file = lab.STATE.parent / 'libvirt/dnsmasq/lan.macs'
        file.parent.mkdir(parents=True, exist_ok=True)
        self.addCleanup(file.unlink)
        file.write_text(json.dumps([{'domain': 'vm1', 'macs': [mac(1)]}]))
        run('leasectl', 'rebuild')
        self.assert_offered({'vm1'}, 'list', '--guest', '')
        self.assert_offered({'vm1'}, 'lookup', 'v')

    def test_what_the_switch_can_do(self):
        self.assert_offered({'on', 'off', 'status'}, 'libvirt-helper', '')
        self.assert_offered({'take', 'give', 'status'}, 'lease-file', '')
        for shell, offers in self.offered('libvirt-helper', 'status', '--').items():
            with self.subTest(shell=shell):
                self.assertIn('--json', offers)

    def test_values_of_options(self):
        self.assert_offered({'v4', 'v6'}, 'wait', '--family', '')

    def test_without_an_index_nothing_is_offered_and_nothing_is_said(self):
        (lab.INDEX).unlink()
        for shell, offers in self.offered('wait', '').items():
            with self.subTest(shell=shell):
                self.assertEqual(offers - {''}, set())


if __name__ == '__main__':
    lab.main()
