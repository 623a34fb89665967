"""A status file, or all of them, are removed by mistake: they are written again from the index, and that is reported."""

import shutil
import subprocess

import lab
from importer import IMPORTER
from lab import RUNTIME, SOON, STATE, Dhclient, leasectl, record, resolve, status, status_file, wait_until
from libvirt_lab import away
from sandbox import mount, run

SAID = 'was removed; it is written again with'


class RemovedFiles(lab.LabTest):

    def setUp(self):
        super().setUp()
        self.lan = self.network(leasefile_ro=True, recorded=True, families=(4, 6))
        _, self.client, self.web = self.join(self.lan, 'web')
        _, _, self.six = self.join(self.lan, 'six', Dhclient, family=6)
        self.all_reported(self.lan, [self.web, self.six])

    def is_whole(self, *others):
        self.assertEqual({entry['hostname'] for entry in status(self.lan)}, {'web', 'six', *others})
        self.assertEqual((resolve('web'), resolve('six')), ({self.web}, {self.six}))

    def test_a_status_file_is_written_again_at_the_next_event_which_is_said_once(self):
        status_file(self.lan).unlink()
        self.join(self.lan, 'next')
        self.is_whole('next')
        self.join(self.lan, 'last')
        self.is_whole('next', 'last')
        self.assertEqual(self.lan.log().count(f'{status_file(self.lan)} {SAID} the 2 leases'), 1)

    def test_so_is_one_at_an_event_while_the_importer_is_missing(self):
        status_file(self.lan).unlink()
        with away(IMPORTER):
            host = self.host(self.lan, 'next')
            lab.Udhcpc(host, 'next')
            address = host.address()
            wait_until(lambda: record(self.lan, address), SOON, 'a record')
        self.assertEqual({entry['hostname'] for entry in status(self.lan)}, {'web', 'six', 'next'})
        self.assertIn(f'{status_file(self.lan)} {SAID}', self.lan.log())
        leasectl('import')
        self.is_whole('next')

    def test_a_state_directory_is_there_again_at_an_event_an_import_and_a_rebuild(self):
        self.join(self.network('other'), 'elsewhere')
        for verb in 'import', 'rebuild', None:
            with self.subTest(verb):
                shutil.rmtree(STATE)
                if verb:
                    done = subprocess.run(['leasectl', verb], capture_output=True, text=True, check=True)
                    self.assertEqual(done.stderr.count(SAID), 2, done.stderr)
                else:
                    self.join(self.lan, 'next')
                self.is_whole(*([] if verb else ['next']))
                self.assertEqual(len(list(STATE.glob('*.status'))), 2)
                check = subprocess.run(['leasectl', 'check'], capture_output=True, text=True).stdout
                self.assertRegex(check, '(?m)^ok +status ')

    def test_dnsmasq_gets_its_leases_back_when_it_starts(self):
        self.lan.stop()
        duid = record(self.lan, self.six)['server-duid']
        shutil.rmtree(STATE)
        self.starts_with_its_leases()
        self.is_whole()
        self.assertEqual(record(self.lan, self.six)['server-duid'], duid)

    def test_dnsmasq_gets_its_leases_back_while_nothing_can_be_written_there(self):
        self.lan.stop()
        mount('-t', 'tmpfs', '-o', 'ro', 'cover', STATE)
        self.addCleanup(run, 'umount', '--lazy', STATE)
        self.starts_with_its_leases()

    def starts_with_its_leases(self):
        told = len(self.lan.calls())
        self.lan.start()
        wait_until(lambda: {call.split()[3] for call in self.lan.calls()[told:] if ' old ' in call} >= {self.web, self.six}, SOON,
                   lambda: f'both leases\n{self.lan.calls()[told:]}')

    def test_without_an_index_nothing_is_known(self):
        shutil.rmtree(RUNTIME)
        status_file(self.lan).unlink()
        leasectl('import')
        self.assertEqual((status(self.lan), resolve('web')), ([], set()))


if __name__ == '__main__':
    lab.main()
