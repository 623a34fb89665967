"""leasectl networks: a summary of each network."""

import os
import subprocess
import time

import lab
from hostile import NETWORK, WRONG_NETWORK, replace_in_index
from lab import STATE, Dhclient, leasectl, status, status_file
from schemas import validate


def networks(*options, user='root'):
    command = ['setpriv', '--reuid', user, '--clear-groups', 'leasectl', 'networks', '--json', *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {entry['network']: entry for entry in validate(done.stdout, 'network-list.schema.json')}


class Networks(lab.LabTest):

    def test_a_network_has_leases_names_an_expiry_and_a_source(self):
        before = time.time()
        red, blue = self.network('red', families=(4, 6)), self.network('blue', lease='infinite')
        self.join(red, 'web')
        self.join(red, 'six', Dhclient, family=6)
        self.join(blue, 'db')
        found = networks()
        self.assertEqual(list(found), ['blue', 'red'])
        self.assertEqual({key: found['red'][key] for key in ('leases', 'names', 'ipv4', 'ipv6', 'index', 'sources')},
                         {'leases': 2, 'names': 2, 'ipv4': 1, 'ipv6': 1, 'index': 'current', 'sources': [str(status_file(red))]})
        self.assertEqual(found['red']['next-expiry'], min(entry['expiry-time'] for entry in status(red)))
        self.assertNotIn('next-expiry', found['blue'])
        for network in red, blue:
            changed = found[network.name]['last-change']
            self.assertGreater(float(changed), before - 1)
            self.assertEqual(int(changed.replace('.', '')), status_file(network).stat().st_mtime_ns)

    def test_a_name_with_two_leases_is_one_name_and_a_network_without_leases_is_there(self):
        red = self.network('red', families=(4, 6))
        self.join(red, 'web')
        _, client, _ = self.join(self.network('blue'), 'db')
        client.release()
        self.is_gone('db')
        other = self.host(red, 'web-6')
        Dhclient(other, 'web', family=6)
        other.address(6)
        lab.wait_until(lambda: networks()['red']['leases'] == 2, lab.SOON, 'both leases')
        self.assertEqual(networks()['red']['names'], 1)
        self.assertEqual((networks()['blue']['leases'], networks()['blue']['index']), (0, 'current'))

    def test_what_is_left_of_networks_that_came_and_went_goes_at_the_next_start(self):
        red = self.network('red', leasefile_ro=True)
        _, _, address = self.join(red, 'web')
        gone = [STATE / f'job-{number}.status' for number in range(100)]
        for file in gone:
            file.write_text('[]\n')
            os.utime(file, (time.time() - 7200,) * 2)
        leasectl('import')
        self.assertEqual(len(networks()), 101)
        red.restart()
        lab.wait_until(lambda: not any(file.exists() for file in gone), lab.SOON, 'their files are gone')
        self.assertEqual(list(networks()), ['red'])
        self.assertEqual(lab.resolve('web'), {address})

    def test_a_status_file_that_the_index_does_not_know_is_seen_until_a_rebuild(self):
        red = self.network('red')
        self.join(red, 'web')
        (STATE / 'green.status').write_text('[]\n')
        os.utime(status_file(red))
        self.assertEqual({name: entry['index'] for name, entry in networks().items()}, {'green': 'stale', 'red': 'stale'})
        leasectl('rebuild')
        self.assertEqual({name: entry['index'] for name, entry in networks().items()}, {'green': 'current', 'red': 'current'})
        status_file(red).unlink()
        self.assertEqual(networks()['red']['index'], 'stale')

    def test_a_file_from_before_1970_was_changed_when_time_began(self):
        STATE.mkdir()
        (STATE / 'red.status').write_text('[]\n')
        os.utime(STATE / 'red.status', (-86400, -86400))
        leasectl('rebuild')
        self.assertEqual(networks()['red']['last-change'], '0.000000000')
        self.assertIn('nss_leases_last_change_timestamp_seconds{network="red"} 0\n', leasectl('export', 'metrics'))

    def test_a_user_who_may_not_look_at_the_file_is_told_that_it_is_unknown(self):
        self.join(self.network('red'), 'web')
        self.assertEqual(networks(user='nobody')['red']['index'], 'current')
        STATE.chmod(0o700)
        self.assertEqual(networks(user='nobody')['red']['index'], 'unknown')

    def test_the_table_says_the_same(self):
        self.join(self.network('red'), 'web')
        heading, row = leasectl('networks').splitlines()
        self.assertEqual(heading.split()[:5], ['Network', 'Leases', 'Names', 'IPv4', 'IPv6'])
        self.assertNotIn('never', row)
        fields = row.split()
        self.assertEqual((fields[:5], fields[-2:]), (['red', '1', '1', '1', '0'], ['current', f'{STATE}/red.status']))

    def test_only_networks_that_are_named_are_told_and_they_must_exist(self):
        red = self.network('red')
        self.join(red, 'web')
        self.join(self.network('blue', lease='infinite'), 'db')
        self.assertEqual(list(networks('blue')), ['blue'])
        self.assertRegex(leasectl('networks', 'blue'), r'\bnever\b')
        unknown = subprocess.run(['leasectl', 'networks', 'red', 'green'], capture_output=True, text=True)
        self.assertEqual((unknown.returncode, unknown.stdout, unknown.stderr),
                         (1, '', "leasectl: there is no network 'green'; there are: blue red\n"))

    def test_a_network_of_a_hostile_index_is_escaped(self):
        self.join(self.network('red', environment={'NSS_LEASES_NETWORK': NETWORK}), 'web')
        replace_in_index((NETWORK, WRONG_NETWORK))
        rows = leasectl('networks').splitlines()
        self.assertEqual(len(rows), 3, 'the hostile network and that of the status file')
        self.assertIn(r'a"}\x201\x0a\xc2\x9b\x7f\x07{c', rows[1])
        self.assertNotIn('\x07', leasectl('networks', '--json'))


if __name__ == '__main__':
    lab.main()
