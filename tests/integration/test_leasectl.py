"""leasectl, with the leases of real clients."""

import json
import os
import pwd
import shutil
import subprocess

import lab
from lab import RUNTIME, STATE, Dhclient, leasectl, resolve, status
from schemas import validate


def failing(*arguments):
    """Status and complaint of a leasectl that cannot do what it is asked to."""
    done = subprocess.run(['leasectl', *arguments], capture_output=True, text=True)
    return done.returncode, done.stderr


class Leasectl(lab.LabTest):

    def setUp(self):
        super().setUp()
        self.red = self.network('red', families=(4, 6), domain='red.test')
        self.blue = self.network('blue')
        self.machine, _, self.web = self.join(self.red, 'web')
        _, _, self.six = self.join(self.red, 'six', Dhclient, family=6)
        _, _, self.db = self.join(self.blue, 'db')

    def found(self, *arguments):
        return {entry['ip-address'] for entry in json.loads(leasectl(*arguments, '--json'))}

    def test_list_shows_the_leases_of_all_networks_or_of_those_named(self):
        self.assertEqual(self.found('list'), {self.web, self.six, self.db})
        self.assertEqual(self.found('list', 'red'), {self.web, self.six})
        self.assertEqual(self.found('list', 'blue', 'red'), {self.web, self.six, self.db})
        rows = [line.split() for line in leasectl('list').splitlines()[1:]]
        self.assertEqual(sorted((row[0], row[5], row[6]) for row in rows),
                         sorted([('red', f'{self.web}/24', 'web'), ('red', f'{self.six}/64', 'six'), ('blue', f'{self.db}/24', 'db')]))

    def test_list_as_json_says_what_the_status_files_say(self):
        for network in self.red, self.blue:
            listed = {entry['ip-address']: entry for entry in json.loads(leasectl('list', network.name, '--json'))}
            for written in status(network):
                written.pop('last-change')
                self.assertEqual(listed[written['ip-address']], listed[written['ip-address']] | written | {'network': network.name})

    def test_lookup_finds_a_lease_by_name_by_address_and_by_mac(self):
        for key in 'web', 'WEB', 'web.red', 'web.red.test', self.web, self.machine.mac, self.machine.mac.upper():
            with self.subTest(key=key):
                self.assertEqual(self.found('lookup', key), {self.web})
        self.assertEqual(self.found('lookup', self.six), {self.six})

    def test_what_does_not_exist_is_an_error_that_names_it(self):
        for arguments in ('list', 'green'), ('lookup', 'nobody'), ('lookup', '10.77.250.1'), ('lookup', '52:54:00:ff:ff:ff'):
            with self.subTest(arguments=arguments):
                code, complaint = failing(*arguments)
                self.assertNotEqual(code, 0)
                self.assertIn(arguments[1], complaint)

    def test_rebuild_makes_the_index_that_was_lost(self):
        shutil.rmtree(RUNTIME)
        self.assertEqual(resolve('web'), set())
        leasectl('rebuild')
        for name, address in ('web.red.test', self.web), ('six', self.six), ('db.blue', self.db):
            self.assertEqual(resolve(name), {address})

    def test_rebuild_says_what_the_index_has(self):
        self.assertEqual(leasectl('rebuild'), '3 leases in 2 networks\n')
        self.assertEqual(validate(leasectl('rebuild', '--json'), 'import.schema.json'), {'networks': 2, 'leases': 3, 'damaged': []})

    def test_rebuild_under_a_strict_umask_leaves_an_index_that_everybody_can_read(self):
        shutil.rmtree(RUNTIME)
        lab.run('sh', '-c', 'umask 077; leasectl rebuild')
        nobody = lab.run('setpriv', '--reuid', 'nobody', '--clear-groups', 'getent', 'hosts', 'web')
        self.assertEqual(nobody.split()[0], self.web)

    def as_nobody(self, *arguments):
        done = subprocess.run(['setpriv', '--reuid', '65534', '--clear-groups', 'leasectl', *arguments], capture_output=True, text=True)
        self.assertNotEqual(done.returncode, 0)
        return done.stderr

    def test_a_user_without_the_right_is_told_to_run_it_as_root(self):
        for verb in 'rebuild', 'import':
            with self.subTest(verb=verb):
                self.assertEqual(self.as_nobody(verb), f'leasectl: {STATE}/lock: cannot be opened: Permission denied; '
                                                       f'run it as root: sudo leasectl {verb}\n')

    def test_a_file_that_is_not_the_store_s_gets_no_advice_about_the_store(self):
        self.assertEqual(self.as_nobody('dump', '/etc/shadow'), 'leasectl: /etc/shadow: cannot be read: Permission denied; '
                                                                'run it as root: sudo leasectl dump /etc/shadow\n')

    def test_rebuild_by_root_does_not_take_the_index_from_the_user_that_owns_the_directories(self):
        owner = pwd.getpwnam('nobody').pw_uid
        for top in STATE, RUNTIME:
            for path in top, *top.iterdir():
                os.chown(path, owner, -1)
        shutil.rmtree(RUNTIME)
        RUNTIME.mkdir()
        os.chown(RUNTIME, owner, -1)
        leasectl('rebuild')
        self.assertEqual({path.stat().st_uid for path in (*STATE.iterdir(), *RUNTIME.iterdir())}, {owner})
        self.assertEqual(resolve('web'), {self.web})


if __name__ == '__main__':
    lab.main()
