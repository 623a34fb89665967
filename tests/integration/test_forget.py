"""leasectl forget: leases that no dnsmasq will ever end."""

import shutil
import subprocess

import lab
from calls import call
from lab import RUNTIME, STATE, Dhclient, Udhcpc, leasectl, resolve, reverse, status, status_file
from schemas import validate
from sources import CONFIGURATION, configure, dnsmasq_leases, import_once


def forget(*arguments, by=()):
    return subprocess.run([*by, 'leasectl', 'forget', *arguments], capture_output=True, text=True)


def outcomes(*arguments):
    """Exit status, and what --json says: (outcome, address or network) of each."""
    done = forget('--json', *arguments)
    entries = validate(done.stdout, 'forget.schema.json')
    return done.returncode, [(entry['outcome'], entry['lease']['ip-address'] if 'lease' in entry else entry['network']) for entry in entries]


def networks():
    return {network['network'] for network in validate(leasectl('networks', '--json'), 'network-list.schema.json')}


class Forget(lab.LabTest):

    def gone(self, network, name, **options):
        """A lease that never expires, whose machine and dnsmasq are gone: host and address."""
        host, client, address = self.join(network, name, **options)
        client.kill()
        return host, address

    def test_a_lease_by_its_name_and_by_its_address(self):
        network = self.network(lease='infinite')
        host, address = self.gone(network, 'web')
        _, other = self.gone(network, 'db')
        _, kept = self.gone(network, 'kept')
        network.kill()
        done = forget('web')
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, f'forgot lan  {address}  web  {host.mac}\n', ''))
        self.assertEqual((resolve('web'), reverse(address)), (set(), []))
        self.assertEqual(forget(other).returncode, 0)
        leasectl('rebuild')
        self.assertEqual((resolve('web'), resolve('db'), resolve('kept')), (set(), set(), {kept}))
        self.assertEqual([entry['hostname'] for entry in status(network)], ['kept'])

    def test_several_leases_of_one_name_are_listed_and_forgotten_with_all(self):
        network = self.network(families=(4, 6))
        host, v4 = self.gone(network, 'web')
        Dhclient(host, 'web', family=6)
        v6 = host.address(6)
        self.resolves('web', v4, v6)
        network.kill()
        done = forget('web')
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        for part in v4, v6, '--all':
            self.assertIn(part, done.stderr)
        code, kept = outcomes('web')
        self.assertEqual((code, set(kept)), (1, {('kept', v4), ('kept', v6)}))
        self.assertEqual(resolve('web'), {v4, v6})
        code, forgotten = outcomes('web', '--all')
        self.assertEqual((code, set(forgotten)), (0, {('forgotten', v4), ('forgotten', v6)}))
        self.assertEqual((resolve('web'), status(network)), (set(), []))

    def test_a_network_goes_with_all_that_is_kept_of_it_and_does_not_come_back(self):
        network = self.network('old', lease='infinite', families=(4, 6))
        host, v4 = self.gone(network, 'web')
        Dhclient(host, 'web', family=6)
        v6 = host.address(6)
        self.resolves('web', v4, v6)
        network.kill()
        other = self.network('new')
        _, _, present = self.join(other, 'db')
        self.assertTrue((STATE / 'old.duid').exists())
        code, forgotten = outcomes('old')
        self.assertEqual((code, set(forgotten)), (0, {('forgotten', v4), ('forgotten', v6), ('forgotten', 'old')}))
        self.assertEqual(resolve('web'), set())
        for verb in 'import', 'rebuild':
            done = subprocess.run(['leasectl', verb], capture_output=True, text=True, check=True)
            self.assertEqual(done.stderr, '')
        self.join(other, 'next')
        self.assertEqual((resolve('web'), resolve('db'), networks()), (set(), {present}, {'new'}))
        self.assertEqual([file.name for file in STATE.iterdir() if file.name.startswith('old')], [])
        self.assertNotIn('network old', (STATE / 'servers/known').read_text())
        self.assertNotIn('was removed', other.log())

    def test_a_network_of_which_there_is_no_lease(self):
        network = self.network('old')
        self.gone(network, 'web')
        network.kill()
        self.assertEqual(forget('web').returncode, 0)
        self.assertEqual(networks(), {'old'})
        done = forget('old')
        self.assertEqual((done.returncode, done.stdout), (0, 'forgot the network old\n'))
        self.assertEqual((networks(), status_file(network).exists()), (set(), False))
        self.assertEqual(forget('old').returncode, 1)

    def test_a_network_whose_file_was_removed_is_forgotten_as_well(self):
        network = self.network('old')
        _, address = self.gone(network, 'web')
        network.kill()
        status_file(network).unlink()
        code, forgotten = outcomes('old')
        self.assertEqual((code, set(forgotten)), (0, {('forgotten', address), ('forgotten', 'old')}))
        self.assertEqual((resolve('web'), networks(), status_file(network).exists()), (set(), set(), False))

    def test_a_word_that_is_a_network_and_a_machine_needs_all(self):
        network = self.network('web')
        _, address = self.gone(network, 'web')
        _, other = self.gone(network, 'db')
        network.kill()
        self.assertEqual(outcomes('web'), (1, [('kept', address)]))
        self.assertEqual((resolve('web'), resolve('db')), ({address}, {other}))
        code, forgotten = outcomes('--all', 'web')
        self.assertEqual((code, set(forgotten)), (0, {('forgotten', address), ('forgotten', other), ('forgotten', 'web')}))
        self.assertEqual((resolve('web'), resolve('db'), networks()), (set(), set(), set()))

    def test_what_is_alive_comes_back_with_its_next_event(self):
        network = self.network(recorded=True)
        _, client, address = self.join(network, 'web')
        self.assertEqual(outcomes('lan'), (0, [('forgotten', address), ('forgotten', 'lan')]))
        self.assertEqual((resolve('web'), networks()), (set(), set()))
        client.renew()
        self.resolves('web', address)
        self.assertEqual((networks(), len(network.calls())), ({'lan'}, 2))
        self.assertIn('network lan lan', (STATE / 'servers/known').read_text())

    def test_what_a_file_of_others_tells_stays_and_that_is_said(self):
        network = self.network(is_told=False)
        configure(dnsmasq_leases(network.lease_file, network='lan'))
        self.addCleanup(CONFIGURATION.unlink)
        host = self.host(network, 'web')
        Udhcpc(host, 'web')
        address = host.address()
        import_once()
        for word in 'web', address, 'lan':
            with self.subTest(word):
                done = forget(word)
                self.assertEqual((done.returncode, done.stdout), (1, ''))
                self.assertIn(f'{network.lease_file} has this lease', done.stderr)
                self.assertEqual(outcomes(word), (1, [('in-source', address)]))
        call('add', '52:54:00:00:00:01', '10.9.9.9', 'own', DNSMASQ_INTERFACE='lan')
        self.assertEqual(outcomes('lan'), (1, [('forgotten', '10.9.9.9'), ('forgotten', 'lan'), ('in-source', address)]))
        self.assertEqual((resolve('web'), resolve('own')), ({address}, set()))

    def test_what_is_not_there_is_named_and_the_rest_is_forgotten(self):
        _, address = self.gone(self.network(), 'web')
        done = forget('nobody')
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertIn("'nobody'", done.stderr)
        self.assertEqual(outcomes('nobody'), (1, []))
        self.assertEqual(outcomes('nobody', 'web', address), (1, [('forgotten', address)]))
        self.assertEqual(resolve('web'), set())

    def test_what_another_user_owns_stays_that_user_s(self):
        for directory in STATE, RUNTIME:
            directory.mkdir()
            shutil.chown(directory, 'nobody', 'nogroup')
        network = self.network(script_user='nobody', families=(4, 6), leasefile_ro=True)
        _, v4 = self.gone(network, 'web')
        _, v6 = self.gone(network, 'six', kind=Dhclient, family=6)
        self.join(self.network('other', script_user='nobody'), 'db')
        self.assertEqual(outcomes('six'), (0, [('forgotten', v6)]))
        self.assertEqual(outcomes('lan'), (0, [('forgotten', v4), ('forgotten', 'lan')]))
        self.assertEqual(networks(), {'other'})
        self.assertEqual({path.owner() for top in (STATE, RUNTIME) for path in (top, *top.rglob('*'))}, {'nobody'})

    def test_only_root_may(self):
        _, address = self.gone(self.network(), 'web')
        done = forget('web', by=['setpriv', '--reuid', 'nobody', '--clear-groups'])
        self.assertEqual(done.returncode, 3)
        self.assertIn('only root', done.stderr)
        self.assertEqual(resolve('web'), {address})


if __name__ == '__main__':
    lab.main()
