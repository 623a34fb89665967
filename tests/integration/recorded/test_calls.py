"""Every recorded call of dnsmasq, one after the other, through the helper that was built."""

import ipaddress
import os
import pathlib
import shutil
import sys
import threading
import time
import unittest

import recording
from installation import HELPER, ROOT, Installation
from model import Model
from server import Dnsmasq

sys.path.append(str(ROOT / 'tests/integration'))
import sandbox
from sandbox import run

INTERFACE = 'br0'
SUBNETS = ('10.77.0.1/16', '10.88.0.1/24', 'fd00:77::1/64')
RANGES = ('10.77.0.2,10.77.255.254,255.255.0.0,1h', '10.88.0.2,10.88.0.254,255.255.255.0,1h',
          'fd00:77::1000,fd00:77::1fff,64,1h')
DAY = 86400


class ReplayTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.installation = Installation()
        self.addCleanup(self.installation.remove)
        self.model = Model()

    def add_interface(self, name, *addresses):
        """An interface with carrier and these addresses, each with its prefix length."""
        run('ip', 'link', 'add', name, 'type', 'veth', 'peer', 'name', f'{name}-peer')
        self.addCleanup(run, 'ip', 'link', 'delete', name)
        for end in name, f'{name}-peer':
            run('ip', 'link', 'set', end, 'up')
        for address in addresses:
            run('ip', 'address', 'add', address, 'dev', name, *(['nodad'] if ':' in address else []))

    def run_helper(self, call):
        done = self.installation.run(call)
        self.assertEqual((done.returncode, done.stderr), (0, b''), str(call))
        if call.argv[0] != 'init':
            self.assertEqual(done.stdout, b'', str(call))
        return done.stdout.decode()

    def check_files(self, call):
        statuses = self.installation.statuses()
        expected = {network: [list(record.items()) for record in records.values()]
                    for network, records in self.model.networks.items()}
        told = {network: [[item for item in record.items() if item[0] != 'last-change'] for record in records]
                for network, records in statuses.items()}
        self.assertEqual(told, expected, str(call))
        self.assertEqual(self.installation.server_duids(), self.model.server_duids, str(call))
        self.check_changes(statuses)

    def check_changes(self, statuses):
        """The leases' times of change are in the order in which the model changed them."""
        leases = [(record['last-change'], record['ip-address']) for records in statuses.values() for record in records]
        self.assertEqual(len({change for change, _ in leases}), len(leases))
        leases.sort(key=lambda lease: tuple(map(int, lease[0].split('.'))))
        self.assertEqual([address for _, address in leases],
                         [record['ip-address'] for record in self.model.by_change()])

    def replay(self, calls):
        before = None
        for number, call in enumerate(calls):
            with self.subTest(number=number, call=str(call)):
                now = int(time.time())
                expected_rows = self.model.init_tokens(now)
                told = self.run_helper(call)
                if call.argv[0] == 'init':
                    self.assertEqual(told.split(), expected_rows)
                self.model.apply(call, now)
                if not self.installation.state.exists():  # before the first lease
                    continue
                if self.installation.files() != before:
                    self.check_files(call)
                before = self.installation.files()
                self.run_helper(call)
                self.assertEqual(self.installation.files(), before, f'{call}: the same once more')
        self.check_files('the end')

    def calls_of_today(self):
        """The recording, shifted as if it were made now."""
        calls = recording.recorded_calls()
        return recording.moved(calls, int(time.time()) + DAY - recording.earliest_expiry(calls))

    def record_all(self):
        for call in self.calls_of_today():
            self.run_helper(call)
            self.model.apply(call, int(time.time()))

    def assert_fails(self, call, *words):
        """The call is refused with a line that has these words in it, and no file changes."""
        before = self.installation.files()
        done = self.installation.run(call)
        self.assertEqual((done.returncode, done.stdout), (1, b''), done.stderr)
        for word in words:
            self.assertIn(word, done.stderr.decode())
        self.assertEqual(self.installation.files(), before)

    def a_lease(self, action='add', mac='52:54:00:00:99:01', address='10.77.99.1', name='late', **variables):
        environment = {'DNSMASQ_LEASE_EXPIRES': str(int(time.time()) + DAY), 'DNSMASQ_INTERFACE': INTERFACE, **variables}
        return recording.Call([action, mac, address, name], {key: value for key, value in environment.items() if value})

    def test_every_call_as_it_was_recorded(self):
        """Leases that have ended since are not given back to dnsmasq, and are then forgotten."""
        self.replay(recording.recorded_calls())

    def test_every_call_with_leases_that_last(self):
        self.replay(self.calls_of_today())

    def test_junk_beside_the_lease_changes_nothing(self):
        junk = {name: b'\xff\x1b[2J\n"$(id)' for name in ('DNSMASQ_SUPPLIED_HOSTNAME', 'DNSMASQ_TAGS', 'DNSMASQ_OLD_HOSTNAME',
                                                          'DNSMASQ_USER_CLASS0', 'DNSMASQ_TIME_REMAINING')}
        for call in (call for call in self.calls_of_today() if call.is_lease):
            self.model.apply(call, int(time.time()))
            call.env = {**call.env, **dict.fromkeys(junk, '')}
            call.raw = {**call.raw, **junk}
            self.run_helper(call)
        self.check_files('the end')

    def test_what_init_prints_is_a_lease_database_for_dnsmasq(self):
        self.record_all()
        self.check_files('before')
        before = {record['ip-address']: record for record in self.model.by_change()}
        init = recording.Call(['init'], {})
        tokens = self.model.init_tokens(int(time.time()))
        self.assertEqual(self.run_helper(init).split(), tokens)

        self.add_interface(INTERFACE, *SUBNETS)
        self.model.subnets = {ipaddress.ip_interface(subnet).network: INTERFACE for subnet in SUBNETS}
        dnsmasq = Dnsmasq(self.installation, INTERFACE, RANGES)
        self.addCleanup(dnsmasq.stop)
        dnsmasq.wait_until_told(before)
        dnsmasq.stop()

        calls = dnsmasq.calls()
        self.assertEqual(calls[0].argv, ['init'])
        self.assertEqual({call.argv[0] for call in calls[1:]}, {'old'}, dnsmasq.log())
        told = {call.argv[2]: call for call in calls[1:]}
        self.assertEqual(set(told), set(before))
        for address, record in before.items():
            call = told[address]
            name = record.get('hostname') or record.get('refused-hostname')
            self.assertEqual(call.argv[3:], [name] if name else [], address)
            self.assertEqual(int(call.env['DNSMASQ_LEASE_EXPIRES']), record['expiry-time'])
            self.assertEqual(call.env.get('DNSMASQ_IAID'), record.get('iaid'))
            if ':' in address:
                self.assertEqual(call.argv[1], record['client-id'])
                self.assertEqual(call.env['DNSMASQ_SERVER_DUID'], tokens[tokens.index('duid') + 1])
            else:
                self.assertEqual(call.argv[1], record['mac-address'])
                self.assertEqual(call.env.get('DNSMASQ_CLIENT_ID'), record.get('client-id'))
        for call in calls:
            self.model.apply(call, int(time.time()))
        self.check_files('after')

    def test_init_without_an_index_prints_what_the_status_files_have(self):
        self.record_all()
        shutil.rmtree(self.installation.index.parent)
        self.installation.index.parent.write_text('in the way')
        before = self.installation.status_texts()
        done = self.installation.run(recording.Call(['init'], {}))
        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stdout.decode().split(), self.model.init_tokens(int(time.time())))
        self.assertIn(bytes(self.installation.index.parent), done.stderr)
        self.assertEqual(self.installation.status_texts(), before)

    def test_while_it_is_not_known_where_the_leases_are_nothing_is_done(self):
        self.record_all()
        config = self.installation.config
        right = config.read_text()
        config.write_text(right + '[names\n')
        for call in self.a_lease(), recording.Call(['init'], {}):
            self.assert_fails(call, str(config), 'line 4', 'may name other directories')
        config.write_text(right.replace('runtime-directory = "', 'runtime-directory = "./'))
        self.assert_fails(self.a_lease(), str(config), 'runtime-directory')
        config.write_text(right)
        self.run_helper(self.a_lease())

    def test_a_status_file_that_cannot_be_read_is_not_begun_anew_without_an_index(self):
        self.record_all()
        self.installation.index.unlink()
        alone = pathlib.Path(shutil.copy(HELPER, self.installation.place))  # without leases-import beside it
        status = self.installation.state / f'{INTERFACE}.status'
        before = status.read_bytes()
        os.chown(status, 12345, 12345)
        status.chmod(0o600)
        done = self.installation.run(self.a_lease(), alone)
        self.assertEqual((done.returncode, status.read_bytes()), (1, before))
        self.assertIn(str(status), done.stderr.decode())

    def test_what_ended_is_the_lease_of_that_client(self):
        """dnsmasq does not name the interface of a lease that ended while it was down."""
        ours = self.a_lease(DNSMASQ_INTERFACE='lab', mac='52:54:00:00:99:0a', name='ours')
        theirs = self.a_lease(DNSMASQ_INTERFACE='dmz', mac='52:54:00:00:99:0b', name='theirs')
        for call in ours, theirs:
            self.run_helper(call)
        ended = self.a_lease('del', mac='52:54:00:00:99:0a', name='ours', DNSMASQ_INTERFACE='')
        for _ in range(2):  # the second belongs to no client
            self.run_helper(ended)
            statuses = self.installation.statuses()
            self.assertEqual((statuses['lab'], [record['hostname'] for record in statuses['dmz']]), ([], ['theirs']))

    def test_a_lease_is_not_lost_with_the_file_of_the_duid(self):
        (self.installation.state / f'{INTERFACE}.duid').mkdir(parents=True)
        done = self.installation.run(recording.Call(
            ['add', '00:03:00:01:52:54:00:00:99:01', 'fd77:1::99', 'late'],
            {'DNSMASQ_LEASE_EXPIRES': str(int(time.time()) + DAY), 'DNSMASQ_INTERFACE': INTERFACE, 'DNSMASQ_IAID': '7',
             'DNSMASQ_SERVER_DUID': '00:01:00:01:2a:00:00:00:02:00:00:00:00:01'}))
        self.assertEqual(done.returncode, 1)
        self.assertIn(f'{INTERFACE}.duid', done.stderr.decode())
        self.assertEqual([record['hostname'] for record in self.installation.statuses()[INTERFACE]], ['late'])

    def test_nobody_else_can_lock_the_store(self):
        lock = self.installation.state / 'lock'
        for mode in 0o600, 0o644:
            self.run_helper(self.a_lease(DNSMASQ_LEASE_EXPIRES=str(int(time.time()) + DAY + mode)))
            self.assertEqual(oct(lock.stat().st_mode & 0o777), oct(0o600))
            # Containers get this directory, and their root may read root's files.
            self.assertEqual({path.name for path in self.installation.index.parent.iterdir()}, {'hosts.idx', 'hosts.policy'})
            lock.chmod(0o644)

    def test_two_networks_at_once_lose_nothing(self):
        recorded = [call for call in self.calls_of_today() if call.is_lease]
        calls = {network: [call.with_variables(DNSMASQ_INTERFACE=network) for call in recorded]
                 for network in ('br0', 'br1')}
        # The same client at the same address would have moved, unless a dnsmasq is known to serve both.
        calls['br1'] = [call.of_another_client() for call in calls['br1']]
        failures = []

        def run(network):
            for call in calls[network]:
                done = self.installation.run(call)
                if done.returncode != 0 or done.stderr:
                    failures.append((str(call), done))

        threads = [threading.Thread(target=run, args=(network,)) for network in calls]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])

        statuses = self.installation.statuses()
        models = {network: Model() for network in calls}
        for network, model in models.items():
            for call in calls[network]:
                model.apply(call, int(time.time()))
            told = [{key: value for key, value in record.items() if key != 'last-change'} for record in statuses[network]]
            self.assertEqual(told, list(model.networks[network].values()))
        self.assertEqual(set(statuses), set(calls))
        changes = [record['last-change'] for records in statuses.values() for record in records]
        self.assertEqual(len(set(changes)), len(changes))

        for network, model in models.items():
            for variable in 'NSS_LEASES_NETWORK', 'VIR_BRIDGE_NAME':
                init = recording.Call(['init'], {variable: network})
                self.assertEqual(self.run_helper(init).split(), model.init_tokens(int(time.time())))
        of_all = self.installation.run(recording.Call(['init'], {}))
        # dnsmasq would take an address that it is given twice for two leases.
        addresses = {record['ip-address'] for records in statuses.values() for record in records}
        self.assertEqual((of_all.returncode, len(of_all.stdout.splitlines())), (0, len(addresses) + 1))
        self.assertIn(b'NSS_LEASES_NETWORK', of_all.stderr)


if __name__ == '__main__':
    # The programs run where they were built: a sanitized build does not have all that an installation needs.
    sandbox.enter(install=False)
    unittest.main()
