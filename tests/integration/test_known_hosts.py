"""leasectl known-hosts: with real keys, in a known_hosts that the real ssh-keygen reads and writes."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import lab
import sandbox
from calls import call, lease, mac
from lab import run
from schemas import validate


class KnownHosts(lab.LabTest):

    def setUp(self):
        super().setUp()
        self.home = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.home)
        self.file = self.home / '.ssh/known_hosts'
        self.file.parent.mkdir()
        self.file.touch()

    def know(self, *hosts, hashed=False):
        """The user has accepted a key of these."""
        for host in hosts:
            key = self.home / 'key'
            run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', key)
            word = key.with_suffix('.pub').read_text().split()
            with self.file.open('a') as file:
                file.write(f'{host} {word[0]} {word[1]}\n')
            key.unlink()
        if hashed:
            run('ssh-keygen', '-q', '-H', '-f', self.file)

    def knows(self, *hosts):
        return {host for host in hosts if subprocess.run(['ssh-keygen', '-F', host, '-f', self.file], capture_output=True).returncode == 0}

    def known_hosts(self, *arguments, **variables):
        environment = {'HOME': str(self.home), 'PATH': '/usr/bin', **variables}
        done = subprocess.run(['leasectl', 'known-hosts', *arguments], capture_output=True, text=True, env=environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout + done.stderr

    def test_the_keys_of_an_address_and_a_name_that_another_machine_has_now_are_removed(self):
        for hashed in False, True:
            with self.subTest(hashed=hashed):
                lease(1, 'web', DNSMASQ_DOMAIN='lab.test')
                lease(2, 'db')
                hosts = '10.0.0.1', 'web', 'web.lan', 'web.lab.test', '10.0.0.2', 'db', 'example.org'
                self.know(*hosts, hashed=hashed)
                self.known_hosts()
                self.assertEqual(self.knows(*hosts), set(hosts))
                call('add', mac(9), '10.0.0.1', 'new')
                call('add', mac(8), '10.0.0.8', 'WEB', DNSMASQ_DOMAIN='lab.test')
                said = self.known_hosts()
                self.assertEqual(self.knows(*hosts), {'10.0.0.2', 'db', 'example.org'})
                for host in '10.0.0.1', 'web', 'web.lan', 'web.lab.test':
                    self.assertIn(f'{host} removed', said)
                for number, address in (9, 1), (8, 8), (2, 2):
                    call('del', mac(number), f'10.0.0.{address}')
                shutil.rmtree(self.home / '.local')
                self.file.write_text('')

    def test_a_line_with_a_pattern_stays_for_its_other_hosts(self):
        lease(1, 'web')
        self.know('*.lan,bastion', 'web')
        self.known_hosts()
        call('add', mac(9), '10.0.0.1', 'web')
        said = self.known_hosts()
        self.assertIn('web.lan is there by a pattern', said)
        self.assertEqual(self.knows('web', 'web.lan', 'bastion'), {'web.lan', 'bastion'})

    def test_a_link_stays_and_the_file_that_it_leads_to_is_changed(self):
        dotfiles = self.home / 'dotfiles'
        dotfiles.mkdir()
        target = self.file.rename(dotfiles / 'known_hosts')
        self.file.symlink_to('../dotfiles/known_hosts')
        lease(1, 'web')
        self.know('web', 'example.org')
        before = target.read_text()
        self.known_hosts()
        call('add', mac(9), '10.0.0.1', 'web')
        self.assertIn(f'web removed from {self.file}', self.known_hosts())
        self.assertEqual(os.readlink(self.file), '../dotfiles/known_hosts')
        self.assertEqual(self.knows('web', 'example.org'), {'example.org'})
        self.assertEqual(sorted(file.name for file in dotfiles.iterdir()), ['known_hosts', 'known_hosts.old'])
        self.assertEqual((dotfiles / 'known_hosts.old').read_text(), before)

    def test_lines_with_a_marker_stay_and_are_not_said_to_be_removed(self):
        lease(1, 'web')
        lease(2, 'db')
        self.know('web', '@cert-authority web', '@revoked web', '@cert-authority db')
        kept = [line for line in self.file.read_text().splitlines() if line.startswith('@')]
        self.known_hosts()
        call('add', mac(8), '10.0.0.1', 'web')
        call('add', mac(9), '10.0.0.2', 'db')
        printed = self.known_hosts('--print')
        self.assertEqual([line for line in printed.splitlines() if '@' in line], [])
        self.assertEqual(self.known_hosts(), f'web removed from {self.file}\n')
        self.assertEqual(self.file.read_text().splitlines(), kept)

    def test_the_old_file_is_that_before_the_first_removal(self):
        for number in 1, 2, 3:
            lease(number, f'vm{number}')
            self.know(f'vm{number}', f'10.0.0.{number}', hashed=number == 3)
        before = self.file.read_text()
        self.file.chmod(0o600)
        self.file.with_name('known_hosts.old').unlink()
        self.known_hosts()
        for number in 1, 2, 3:
            call('add', mac(number + 6), f'10.0.0.{number}', f'vm{number}')
        self.assertEqual(self.known_hosts('--file', self.file, '--file', self.file).count(' removed from '), 6)
        self.assertEqual(self.file.read_text(), '')
        old = self.file.with_name('known_hosts.old')
        self.assertEqual((old.read_text(), old.stat().st_mode & 0o777), (before, 0o600))

    def change_hands(self, name, *others):
        """A name goes from one client to another, while its key, with other hosts in its line, is known. What is said then."""
        lease(1, name)
        self.know(','.join((name, *others)))
        self.known_hosts()
        call('del', mac(1), '10.0.0.1', name)
        call('add', mac(9), '10.0.0.9', name)
        return self.known_hosts()

    def sources(self, text):
        """The services that are asked for hosts."""
        nsswitch, hosts = pathlib.Path('/etc/nsswitch.conf'), pathlib.Path('/etc/hosts')
        for file in nsswitch, hosts:
            self.addCleanup(file.write_text, file.read_text())
        nsswitch.write_text(sandbox.NSSWITCH.replace('files leases', text))
        return hosts

    def test_a_name_that_files_give_to_another_machine_keeps_its_key(self):
        hosts = self.sources('leases files')
        # Of another family, so that the policy lets the name through.
        hosts.write_text(f'{hosts.read_text()}2001:db8::5 bastion\n')
        said = self.change_hands('bastion')
        self.assertIn("the key of bastion was kept, since bastion is 2001:db8::5 by 'files'", said)
        self.assertEqual(self.knows('bastion'), {'bastion'})
        self.assertEqual(self.known_hosts(), '')

    def test_a_name_that_files_know_as_the_lease_s_own_does_not(self):
        hosts = self.sources('leases files')
        hosts.write_text(f'{hosts.read_text()}10.0.0.1 web\n10.0.0.9 web\n')
        lease(1, 'web')
        self.know('web')
        self.known_hosts()
        call('add', mac(8), '10.0.0.1', 'web')
        call('add', mac(9), '10.0.0.9', 'web')
        self.known_hosts()
        self.assertEqual(self.knows('web'), set())

    def test_a_name_that_dns_cannot_be_asked_about_keeps_its_key(self):
        self.sources('files leases dns')
        said = self.change_hands('bastion')
        self.assertRegex(said, r"the key of bastion was kept, since bastion may have another meaning, which 'files dns' cannot tell now \(.*\); "
                               'if it is not that machine.s: ssh-keygen -R bastion')
        self.assertEqual(self.knows('bastion'), {'bastion'})

    def test_a_line_with_a_host_that_was_never_leased_is_kept(self):
        self.assertIn('has a line together with 192.0.2.5, which was never leased', self.change_hands('bastion', '192.0.2.5'))
        self.assertEqual(self.knows('bastion', '192.0.2.5'), {'bastion', '192.0.2.5'})

    def test_the_command_that_is_named_works_on_what_a_link_leads_to(self):
        target = self.file.rename(self.home / 'dotfile')
        self.file.symlink_to(target)
        said = self.change_hands('bastion', '192.0.2.5')
        run('sh', '-c', re.search("if it is not that machine's: (.*)", said)[1])
        self.assertTrue(self.file.is_symlink())
        self.assertEqual(self.knows('bastion'), set())

    def test_a_line_with_leased_hosts_alone_is_removed(self):
        self.change_hands('web', '10.0.0.1', 'web.lan')
        self.assertEqual(self.knows('web', '10.0.0.1', 'web.lan'), set())

    def test_what_is_kept_is_told_in_json_and_not_printed(self):
        lease(1, 'web')
        self.know('web,bastion')
        self.known_hosts()
        call('add', mac(9), '10.0.0.1', 'web')
        self.assertNotIn('ssh-ed25519', self.known_hosts('--print'))
        entry, = [validate(line, 'known-host.schema.json') for line in self.known_hosts('--json').splitlines() if line.startswith('{')]
        self.assertEqual((entry['host'], entry['outcome']), ('web', 'kept'))

    def test_a_file_that_ssh_keygen_cannot_read_is_an_error_and_the_change_not_forgotten(self):
        lease(1, 'web')
        self.know('web')
        as_nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'leasectl', 'known-hosts']
        environment = {'HOME': str(self.home), 'PATH': '/usr/bin'}
        run('chown', '-R', '65534:65534', self.home)
        run(*as_nobody, env=environment)
        call('add', mac(9), '10.0.0.1', 'web')
        self.file.chmod(0)
        done = subprocess.run(as_nobody, capture_output=True, text=True, env=environment)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.file.chmod(0o600)
        run(*as_nobody, env=environment)
        self.assertEqual(self.knows('web'), set())

    def test_a_lease_that_is_renewed_or_given_again_keeps_its_keys(self):
        lease(1, 'web')
        self.know('10.0.0.1', 'web')
        self.known_hosts()
        call('old', mac(1), '10.0.0.1', 'web', DNSMASQ_LEASE_EXPIRES='4102444800')
        self.known_hosts()
        call('del', mac(1), '10.0.0.1', 'web')
        self.known_hosts()
        lease(1, 'web')
        self.assertEqual(self.known_hosts(), '')
        self.assertEqual(self.knows('10.0.0.1', 'web'), {'10.0.0.1', 'web'})

    def test_who_had_it_before_it_was_free_is_remembered(self):
        lease(1, 'web')
        self.know('web')
        self.known_hosts()
        call('del', mac(1), '10.0.0.1', 'web')
        self.known_hosts()
        call('add', mac(9), '10.0.0.9', 'web')
        self.known_hosts()
        self.assertEqual(self.knows('web'), set())

    def test_a_second_machine_or_family_of_the_same_name_takes_nothing_away(self):
        lease(1, 'web')
        self.know('web')
        self.known_hosts()
        lease(2, 'web')
        call('add', '00:03:00:01:' + mac(1), 'fd00::1', 'web', DNSMASQ_IAID='1', DNSMASQ_SERVER_DUID='00:01')
        self.known_hosts()
        self.assertEqual(self.knows('web'), {'web'})

    def test_a_v6_machine_whose_mac_is_known_only_later_is_the_same(self):
        duid = {'DNSMASQ_IAID': '1', 'DNSMASQ_SERVER_DUID': '00:01'}
        call('add', '00:04:11:22', 'fd00::1', 'web', **duid)
        self.know('fd00::1')
        self.known_hosts()
        call('old', '00:04:11:22', 'fd00::1', 'web', DNSMASQ_MAC=mac(1), **duid)
        self.known_hosts()
        self.assertEqual(self.knows('fd00::1'), {'fd00::1'})
        call('add', '00:04:33:44', 'fd00::1', 'web', DNSMASQ_MAC=mac(2), **duid)
        self.known_hosts()
        self.assertEqual(self.knows('fd00::1'), set())

    def test_what_nobody_has_had_for_a_year_is_forgotten_and_a_damaged_line_does_no_harm(self):
        lease(1, 'web')
        self.known_hosts()
        memory = self.home / '.local/state/nss-leases/holders'
        lines = memory.read_text()
        memory.write_text('old 1000 52:54:00:00:00:09\n\nhalf\n\0\xff x\n' + lines)
        self.know('web')
        call('add', mac(9), '10.0.0.1', 'web')
        self.known_hosts()
        self.assertEqual(self.knows('web'), set())
        self.assertEqual([line.split()[0] for line in memory.read_text().splitlines()], [line.split()[0] for line in lines.splitlines()])

    def test_print_shows_the_keys_and_changes_nothing(self):
        lease(1, 'web')
        self.know('web')
        self.known_hosts()
        call('add', mac(9), '10.0.0.1', 'web')
        key = self.file.read_text().split()[2]
        for _ in range(2):
            self.assertIn(key, self.known_hosts('--print'))
        self.assertEqual(self.knows('web'), {'web'})
        self.known_hosts()
        self.assertEqual(self.knows('web'), set())

    def test_print_makes_nothing_where_nothing_is_remembered(self):
        lease(1, 'web')
        self.know('web')
        self.assertIn('nothing is remembered yet', self.known_hosts('--print'))
        self.assertFalse((self.home / '.local').exists())

    def test_nobody_else_can_lock_what_is_remembered(self):
        lease(1, 'web')
        memory = self.home / '.local/state/nss-leases'
        self.known_hosts()
        self.assertEqual(memory.stat().st_mode & 0o777, 0o700)
        memory.chmod(0o755)
        self.known_hosts()
        self.assertEqual(memory.stat().st_mode & 0o777, 0o700)

    def test_json_lines_say_what_was_done_about_each_host(self):
        lease(1, 'web')
        self.know('*.lan,bastion', '10.0.0.1')
        self.know('web', hashed=True)
        pattern, address, name = self.file.read_text().splitlines()
        self.known_hosts()
        call('add', mac(9), '10.0.0.1', 'web')

        def told(*arguments):
            lines = [line for line in self.known_hosts('--json', *arguments).splitlines() if line.startswith('{')]
            entries = [validate(line, 'known-host.schema.json') for line in lines]
            self.assertEqual({entry['file'] for entry in entries}, {str(self.file)})
            # ssh-keygen shows the name in place of its hash.
            return {entry['host']: (entry['outcome'], [line.split()[-1] for line in entry['keys']]) for entry in entries}

        keys = {host: [line.split()[-1]] for host, line in (('10.0.0.1', address), ('web', name), ('web.lan', pattern))}
        self.assertEqual(told('--print'), {host: ('found', key) for host, key in keys.items()})
        outcome = {'10.0.0.1': 'removed', 'web': 'removed', 'web.lan': 'pattern'}
        self.assertEqual(told(), {host: (outcome[host], key) for host, key in keys.items()})
        self.assertEqual(self.knows('10.0.0.1', 'web', 'bastion'), {'bastion'})

    def test_other_files_and_another_place_for_what_is_remembered(self):
        lease(1, 'web')
        self.know('web')
        self.file = self.file.rename(self.home / 'elsewhere')
        state = self.home / 'state'
        other = self.home / 'other'
        other.touch()
        arguments = '--file', self.file, '--file', other
        self.assertIn('from now on', self.known_hosts(*arguments, XDG_STATE_HOME=str(state)))
        call('add', mac(9), '10.0.0.1', 'web')
        self.known_hosts(*arguments, XDG_STATE_HOME=str(state))
        self.assertEqual(self.knows('web'), set())
        self.assertEqual([path.name for path in state.iterdir()], ['nss-leases'])

    def test_a_file_that_is_not_there_is_an_error_and_the_change_not_forgotten(self):
        lease(1, 'web')
        self.know('web')
        self.known_hosts()
        call('add', mac(9), '10.0.0.1', 'web')
        done = subprocess.run(['leasectl', 'known-hosts', '--file', self.file, '--file', self.home / 'nowhere'], capture_output=True, text=True,
                              env={'HOME': str(self.home), 'PATH': '/usr/bin'})
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (3, '', f'leasectl: {self.home}/nowhere: does not exist; name a known_hosts file\n'))
        self.assertEqual(self.knows('web'), {'web'})
        self.known_hosts('--file', self.file)
        self.assertEqual(self.knows('web'), set())

    def test_somebody_else_s_file_is_refused_in_words(self):
        lease(1, 'web')
        self.home.chmod(0o755)
        self.file.parent.chmod(0o700)
        done = subprocess.run(['setpriv', '--reuid', 'nobody', '--clear-groups', 'leasectl', 'known-hosts'], capture_output=True, text=True,
                              env={'HOME': str(self.home), 'PATH': '/usr/bin'})
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (3, '', f'leasectl: {self.file}: cannot be looked at: Permission denied; name a known_hosts file of yours with --file, '
                                 'or set HOME\n'))

    def test_without_ssh_keygen_the_package_is_named_and_the_change_not_forgotten(self):
        lease(1, 'web')
        self.know('web')
        self.known_hosts()
        call('add', mac(9), '10.0.0.1', 'web')
        done = subprocess.run(['/usr/bin/leasectl', 'known-hosts'], capture_output=True, text=True, env={'HOME': str(self.home), 'PATH': '/nowhere'})
        self.assertEqual(done.returncode, 3)
        self.assertIn('openssh-client', done.stderr)
        self.known_hosts()
        self.assertEqual(self.knows('web'), set())


if __name__ == '__main__':
    lab.main()
