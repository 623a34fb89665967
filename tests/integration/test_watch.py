"""leasectl watch: with real clients, with a burst, and over the index's end and return."""

import json
import shutil
import time

import lab
from calls import call, lease, mac
from lab import RUNTIME, STATE, leasectl, wait_until
from program import Program
from sandbox import SCRATCH
from schemas import validate
from sources import CONFIGURATION, configure, dnsmasq_leases, import_once
from waiting import BRIEF, HUNG


def records(count, **changed):
    """This many leases for a status file; `changed` gives keys another value."""
    return [{'ip-address': f'10.{n >> 8}.{n & 255}.1', 'mac-address': f'52:54:00:00:{n >> 8:02x}:{n & 255:02x}', 'hostname': f'vm{n}',
             'expiry-time': 4102444800, **changed, 'last-change': f'{changed.get("second", 1)}.{n:09}'} for n in range(1, count + 1)]


def write(leases):
    """All at once: one new index."""
    for entry in leases:
        entry.pop('second', None)
    STATE.mkdir(exist_ok=True)
    (STATE / 'lan.status').write_text(json.dumps(leases))
    leasectl('rebuild')


class Watch(lab.LabTest):

    def watch(self, *arguments):
        return Program(self, 'leasectl', 'watch', *arguments).asleep()

    def told(self, watch, count):
        """This many changes, each checked against the schema: (change, address, name)."""
        wait_until(lambda: len(watch.lines()) >= count, lab.SOON, lambda: watch.out.read_text() + watch.err.read_text())
        self.assertEqual(len(watch.lines()), count, watch.out.read_text())
        changes = [validate(line, 'lease-change.schema.json') for line in watch.lines()]
        return [(change['change'], change['lease']['ip-address'], change['lease'].get('hostname')) for change in changes]

    def test_only_changes_of_the_networks_that_are_named_are_told(self):
        lease(1, 'known')
        watch = self.watch('--json', 'lan', 'later')
        self.assertEqual(watch.err.read_text(), "leasectl: there is no network 'later' yet; waiting for its leases\n")
        lease(2, 'elsewhere', DNSMASQ_INTERFACE='elsewhere')
        lease(3, 'new', DNSMASQ_INTERFACE='later')
        lease(4, 'web')
        self.assertEqual(self.told(watch, 2), [('added', '10.0.0.3', 'new'), ('added', '10.0.0.4', 'web')])

    def test_an_address_that_another_machine_gets_is_not_renamed(self):
        lease(1, 'alpha')
        watch = self.watch()
        call('add', mac(9), '10.0.0.1')
        wait_until(lambda: len(watch.lines()) >= 2, lab.SOON, watch.out.read_text)
        self.assertEqual([line.split()[2] for line in watch.lines()], ['released', 'added'])

    def test_what_a_real_client_does_is_told(self):
        network = self.network()
        # In another network: leases that are not in the lease file of the network's dnsmasq would end.
        lease(250, 'there', DNSMASQ_INTERFACE='elsewhere')
        watch = self.watch('--json')
        _, client, address = self.join(network, 'web')
        self.assertEqual(self.told(watch, 1), [('added', address, 'web')])
        client.renew()
        self.assertEqual(self.told(watch, 2)[1:], [('renewed', address, 'web')])
        client.release()
        self.assertEqual(self.told(watch, 3)[2:], [('released', address, 'web')])

    def test_names_and_owners_that_change_are_told(self):
        lease(1, 'a')
        watch = self.watch('--json')
        call('old', '52:54:00:00:00:01', '10.0.0.1', 'b')
        self.assertEqual(self.told(watch, 1), [('renamed', '10.0.0.1', 'b')])
        self.assertEqual(json.loads(watch.lines()[0])['previous']['hostname'], 'a')
        call('add', '52:54:00:00:00:09', '10.0.0.1', 'c')
        self.assertEqual(self.told(watch, 3)[1:], [('released', '10.0.0.1', 'b'), ('added', '10.0.0.1', 'c')])

    def test_a_new_domain_of_a_name_is_shown(self):
        lease(1, 'a')
        watch = self.watch()
        call('old', '52:54:00:00:00:01', '10.0.0.1', 'a', DNSMASQ_DOMAIN='lab.test')
        wait_until(watch.lines, lab.SOON, 'a line')
        self.assertRegex(watch.lines()[0], r'  renamed   lan  10\.0\.0\.1  a -> a\.lab\.test  52:54:00:00:00:01$')

    def test_two_files_that_tell_of_one_address_are_told_apart(self):
        files = [SCRATCH / f'{name}.leases' for name in ('one', 'two')]

        def tell(file, expiry):
            file.write_text(f'{expiry} 52:54:00:00:00:01 10.0.0.1 {file.stem} *\n')

        for file in files:
            tell(file, 4102444800)
        configure(*(dnsmasq_leases(file, network='lan') for file in files))
        self.addCleanup(CONFIGURATION.unlink)
        import_once()
        watch = self.watch('--json')
        tell(files[1], 4102448400)
        import_once()
        self.assertEqual(self.told(watch, 1), [('renewed', '10.0.0.1', 'two')])
        tell(files[0], 4102448400)
        import_once()
        self.assertEqual(self.told(watch, 2)[1:], [('renewed', '10.0.0.1', 'one')])

    def test_an_end_that_nobody_writes_down_is_told(self):
        lease(1, 'short', DNSMASQ_LEASE_EXPIRES=str(int(time.time()) + 3600))
        lease(2, 'long', DNSMASQ_LEASE_EXPIRES=str(int(time.time()) + 3600))
        watch = self.watch('--json')
        # It ends once the watch has seen it.
        call('old', mac(1), '10.0.0.1', 'short', DNSMASQ_LEASE_EXPIRES=str(int(time.time()) + BRIEF))
        self.assertEqual(self.told(watch, 1), [('renewed', '10.0.0.1', 'short')])
        self.assertEqual(self.told(watch, 2)[1:], [('expired', '10.0.0.1', 'short')])
        call('del', mac(1), '10.0.0.1', 'short')
        lease(3, 'next')
        self.assertEqual(self.told(watch, 3)[2:], [('added', '10.0.0.3', 'next')])

    def test_a_burst_of_a_thousand_changes_arrives_whole(self):
        watch = self.watch('--json')
        write(records(1000))
        expected = [('added', entry['ip-address'], entry['hostname']) for entry in records(1000)]
        self.assertEqual(self.told(watch, 1000), expected)
        renamed = [{**entry, 'hostname': 'x' + entry['hostname'], 'last-change': '2' + entry['last-change'][1:]} for entry in records(250)]
        renewed = records(500, second=3)[250:]
        write(records(1000)[750:] + renamed + renewed)
        expected = [('released', entry['ip-address'], entry['hostname']) for entry in records(750)[500:]]
        expected += [('renamed', entry['ip-address'], entry['hostname']) for entry in renamed]
        expected += [('renewed', entry['ip-address'], entry['hostname']) for entry in renewed]
        self.assertEqual(sorted(self.told(watch, 1750)[1000:]), sorted(expected))

    def test_calls_one_behind_the_other_are_all_told(self):
        lease(250, 'there')
        watch = self.watch('--json')
        for number in range(1, 101):
            lease(number, f'vm{number}')
        self.assertEqual(self.told(watch, 100), [('added', f'10.0.0.{number}', f'vm{number}') for number in range(1, 101)])

    def test_leases_are_not_gone_with_the_index_nor_new_with_the_next_one(self):
        shutil.rmtree(RUNTIME, ignore_errors=True)
        watch = self.watch('--json')
        self.assertIn(str(RUNTIME), watch.err.read_text())
        lease(1, 'a')
        self.assertEqual(self.told(watch, 1), [('added', '10.0.0.1', 'a')])
        shutil.rmtree(RUNTIME)
        leasectl('rebuild')
        lease(2, 'b')
        self.assertEqual(self.told(watch, 2)[1:], [('added', '10.0.0.2', 'b')])

    def test_only_selected_leases_are_told_in_the_form_that_is_wanted(self):
        lease(1, 'ci-1')
        watch = self.watch('--match', 'ci-*', '--family', 'v4', '--format', '{change}\\t{name} {ip-address}')
        columns = self.watch('--domain', 'lab.test', '--columns', 'change,hostname,guest')
        lease(2, 'web', DNSMASQ_DOMAIN='lab.test')
        # Changes of one lease between two looks would be one.
        expected = []
        for line, change in (('added\tci-2 10.0.0.3', ('add', mac(3), '10.0.0.3', 'ci-2')),
                             ('renamed\tdb 10.0.0.3', ('old', mac(3), '10.0.0.3', 'db')),
                             ('released\tci-1 10.0.0.1', ('del', mac(1), '10.0.0.1', 'ci-1'))):
            call(*change)
            expected.append(line)
            wait_until(lambda: len(watch.lines()) >= len(expected), lab.SOON, watch.lines)
            self.assertEqual(watch.lines(), expected)
        wait_until(columns.lines, lab.SOON, 'the other line')
        self.assertEqual(columns.lines(), ['added  web  -'])

    def test_people_get_lines(self):
        lease(250, 'there')
        watch = self.watch()
        lease(1, 'a')
        wait_until(lambda: len(watch.lines()) == 1, lab.SOON, watch.lines)
        self.assertRegex(watch.lines()[0], r'^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  added     lan  10\.0\.0\.1  a  52:54:00:00:00:01  without end$')

    def test_it_ends_when_nobody_listens_any_more(self):
        lease(1, 'a')
        lab.run('sh', '-c', 'leasectl watch | true', timeout=HUNG)


if __name__ == '__main__':
    lab.main()
