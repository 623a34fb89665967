"""leasectl lease-file: from dnsmasq's own lease file to leasefile-ro and back, with a real dnsmasq that knows every lease afterwards."""

import os
import pathlib
import pwd
import subprocess
import time

import lab
from calls import call
from importer import GOES_ON, in_place_of_importer
from lab import RUNTIME, STATE, Dhclient, Udhcpc, leasectl, resolve, wait_until
from network import HELPER

NOBODY = pwd.getpwnam('nobody')


def lease_file(*arguments):
    return subprocess.run(['leasectl', 'lease-file', *arguments], capture_output=True, text=True)


def rows(file):
    """The addresses and names in dnsmasq's lease file."""
    return {line.split()[2]: line.split()[3] for line in file.read_text().splitlines() if not line.startswith('duid ')}


def duid(file):
    return [line for line in file.read_text().splitlines() if line.startswith('duid ')]


class LeaseFileTest(lab.LabTest):

    def with_options(self, network, *options):
        """Starts dnsmasq, which is stopped, with other options for its script and its leases."""
        keys = 'dhcp-script', 'script-on-renewal', 'leasefile-ro', 'dhcp-leasefile'
        lines = [line for line in network.configuration.read_text().splitlines() if not line.startswith(keys)]
        network.configuration.write_text('\n'.join([*lines, f'dhcp-leasefile={network.lease_file}', *options, '']))
        network.start()

    def to_leasefile_ro(self, network):
        self.with_options(network, f'dhcp-script={HELPER}', 'leasefile-ro')

    def renews(self, network, client, address):
        """Its client goes on with its lease, and dnsmasq has not forgotten it."""
        log = len(network.log())
        client.renew()
        wait_until(lambda: f'DHCPACK({network.name}) {address}' in network.log()[log:], lab.SOON, 'an answer to a renewal')
        self.assertNotIn('DHCPNAK', network.log())

    def asks_in_vain(self, network, address, name):
        """Another machine asks for an address, and gets a different one, which is returned."""
        host = self.host(network, name)
        Udhcpc(host, name, asking_for=address)
        other = host.address()
        self.assertNotEqual(other, address)
        return other


class Status(LeaseFileTest):

    def status(self):
        done = lease_file('status')
        return done.returncode, done.stdout

    def test_it_says_where_the_leases_of_each_dnsmasq_are(self):
        lan = self.network()
        lan.stop()
        self.with_options(lan, f'dhcp-script={HELPER}', 'script-on-renewal')
        script = f'dnsmasq (process {lan.process.pid}) has the helper as dhcp-script in {lan.configuration}'
        self.assertEqual(self.status(), (0, f'{script}; its leases are in {lan.lease_file}\n'))
        lan.stop()
        self.to_leasefile_ro(lan)
        script = f'dnsmasq (process {lan.process.pid}) has the helper as dhcp-script in {lan.configuration}'
        self.assertEqual(self.status(), (1, f'{script} and leasefile-ro: the helper alone has its leases\n'))
        lan.stop()
        self.with_options(lan)
        self.assertEqual(self.status(), (0, 'no dnsmasq has the helper as dhcp-script\n'))

    def test_a_dnsmasq_that_cannot_be_judged_is_not_passed_over(self):
        lan = self.network()
        lan.stop()
        # Nobody can tell what its configuration file is relative to.
        relative = ['dnsmasq', f'--conf-file={lan.configuration.name}', '--keep-in-foreground', '--pid-file', '--log-facility=-']
        process = subprocess.Popen(relative, cwd=lan.directory, stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        wait_until(lambda: self.status() == (3, ''), lab.SOON, self.status)


class Give(LeaseFileTest):

    def served(self, **options):
        """A network that went over to leasefile-ro while `early` had its lease, and where `late` came afterwards."""
        network = self.network(**options)
        _, early, first = self.join(network, 'early')
        network.stop()
        self.to_leasefile_ro(network)
        _, late, second = self.join(network, 'late')
        self.old_file = network.lease_file.read_text()
        self.assertEqual(set(rows(network.lease_file)), {first})
        early.release()
        self.is_gone('early')
        return network, late, first, second

    def test_after_the_way_back_dnsmasq_knows_what_it_gave_away_meanwhile(self):
        network, late, released, address = self.served()
        network.stop()
        done = lease_file('give')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertIn(f'wrote 1 lease of lan to {network.lease_file}; ', done.stdout)
        self.assertIn('\nnext: take leasefile-ro out', done.stdout)
        self.assertEqual(rows(network.lease_file), {address: 'late'})
        # To undo everything.
        self.with_options(network)
        self.asks_in_vain(network, address, 'new')
        self.renews(network, late, address)
        self.assertEqual(rows(network.lease_file)[address], 'late')
        again = self.host(network, 'again')
        Udhcpc(again, 'again', asking_for=released)
        self.assertEqual(again.address(), released)

    def test_the_script_may_stay(self):
        network, late, _, address = self.served()
        network.stop()
        self.assertEqual(lease_file('give').returncode, 0)
        self.with_options(network, f'dhcp-script={HELPER}', 'script-on-renewal')
        other = self.asks_in_vain(network, address, 'new')
        self.renews(network, late, address)
        self.resolves('late', address)
        self.resolves('new', other)
        network.stop()
        before = network.lease_file.read_text()
        done = lease_file('give')
        self.assertEqual((done.returncode, network.lease_file.read_text()), (0, before))
        self.assertIn('is left as it is', done.stderr)
        # And back again, with nothing to do.
        self.to_leasefile_ro(network)
        self.renews(network, late, address)
        self.asks_in_vain(network, other, 'third')

    def test_it_is_what_init_prints_and_the_old_file_is_kept_with_its_owner_and_mode(self):
        network, _, _, address = self.served(families=(4, 6))
        _, _, six = self.join(network, 'six', Dhclient, family=6)
        network.stop()
        os.chown(network.lease_file, NOBODY.pw_uid, NOBODY.pw_gid)
        network.lease_file.chmod(0o640)
        printed = subprocess.run([HELPER, 'init'], capture_output=True, text=True, check=True).stdout
        done = lease_file('give')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertEqual(network.lease_file.read_text(), printed)
        self.assertEqual((set(rows(network.lease_file)), len(duid(network.lease_file))), ({address, six}, 1))
        before, = network.directory.glob('leases.before-*')
        self.assertIn(f'; the file that was there is {before}\n', done.stdout)
        self.assertEqual(before.read_text(), self.old_file)
        for file in before, network.lease_file:
            stat = file.stat()
            self.assertEqual((stat.st_uid, stat.st_gid, stat.st_mode & 0o777), (NOBODY.pw_uid, NOBODY.pw_gid, 0o640))
        identifier = duid(network.lease_file)
        self.with_options(network)
        self.join_unnamed(network, 6)
        self.assertEqual(duid(network.lease_file), identifier)

    def join_unnamed(self, network, family):
        host = self.host(network, 'last')
        Dhclient(host, family=family)
        host.address(family)

    def test_where_there_was_no_file_there_is_one_that_all_may_read(self):
        network = self.network(leasefile_ro=True)
        _, _, address = self.join(network, 'web')
        network.stop()
        file = network.directory / 'new'
        done = lease_file('give', file)
        self.assertEqual((done.returncode, rows(file), file.stat().st_mode & 0o777), (0, {address: 'web'}, 0o644))
        self.assertNotIn('was there', done.stdout)

    def test_not_while_dnsmasq_runs(self):
        network, late, _, address = self.served()
        for arguments in [], [network.directory / 'other'], ['--network', 'lan']:
            with self.subTest(arguments):
                done = lease_file('give', *arguments)
                self.assertEqual((done.returncode, done.stdout), (1, ''))
                self.assertIn('which serves lan, runs and would not read the file; stop dnsmasq first', done.stderr)
        self.assertEqual((network.lease_file.read_text(), list(network.directory.glob('*.before-*'))), (self.old_file, []))
        self.assertFalse((network.directory / 'other').exists())

    def test_not_while_a_dnsmasq_that_is_not_known_has_the_file_open(self):
        network, _, _, _ = self.served()
        network.stop()
        self.with_options(network)
        before = network.lease_file.read_text()
        done = lease_file('give')
        self.assertEqual((done.returncode, done.stdout, network.lease_file.read_text()), (1, '', before))
        self.assertIn(f'(process {network.process.pid}) has {network.lease_file} open and would overwrite it; stop dnsmasq first', done.stderr)
        # Removing it does not help: dnsmasq would not look at another file.
        network.lease_file.unlink()
        self.assertEqual((lease_file('give').returncode, network.lease_file.exists()), (1, False))

    def test_of_several_dnsmasqs_each_gets_its_own(self):
        served = {}
        for name in 'red', 'blue':
            network = self.network(name, leasefile_ro=True, environment={'NSS_LEASES_NETWORK': f'{name}-net'})
            served[name] = network, self.join(network, f'on-{name}')[2]
        for network, _ in served.values():
            network.stop()
        done = lease_file('give', '/run/leases')
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        for part in '--network', 'red-net', 'blue-net':
            self.assertIn(part, done.stderr)
        for name, (network, address) in served.items():
            self.assertEqual(lease_file('give', '--network', f'{name}-net', network.lease_file).returncode, 0)
            self.assertEqual(rows(network.lease_file), {address: f'on-{name}'})
        done = lease_file('give', '--network', 'green')
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertIn("there is no network 'green'; there are: blue-net red-net", done.stderr)

    def test_with_a_dhcp_scriptuser_root_writes_the_file(self):
        for directory in STATE, RUNTIME:
            directory.mkdir()
            os.chown(directory, NOBODY.pw_uid, NOBODY.pw_gid)
        network = self.network(leasefile_ro=True, script_user='nobody')
        _, _, address = self.join(network, 'web')
        network.stop()
        file = network.directory / 'new'
        self.assertEqual(lease_file('give', file).returncode, 0)
        self.assertEqual((rows(file), file.stat().st_uid), ({address: 'web'}, 0))

    def test_whoever_owns_the_registry_does_not_choose_what_root_writes(self):
        network, *_ = self.served()
        network.stop()
        planted = network.directory / 'planted'
        registry = STATE / 'servers/known'
        words = registry.read_text().splitlines()[0].split(' ')
        registry.write_text(f'{" ".join(words[:6])} helper pending 0 {planted}\nnetwork {network.name} {network.name}\n')
        os.chown(STATE, NOBODY.pw_uid, NOBODY.pw_gid)
        standard = pathlib.Path('/var/lib/misc/dnsmasq.leases')
        standard.parent.mkdir(exist_ok=True)
        lease_file('give')
        self.assertFalse(planted.exists())
        os.chown(STATE, 0, 0)
        self.assertEqual(lease_file('give').returncode, 0)
        self.assertTrue(planted.exists(), 'a registry of root is believed')

    def test_a_link_that_others_can_change_is_not_followed(self):
        network, *_ = self.served()
        network.stop()
        others = network.directory / 'others'
        others.mkdir()
        os.chown(others, NOBODY.pw_uid, NOBODY.pw_gid)
        (others / 'link').symlink_to('/etc/nsswitch.conf')
        before = open('/etc/nsswitch.conf').read()
        done = lease_file('give', others / 'link')
        self.assertEqual((done.returncode, done.stdout, open('/etc/nsswitch.conf').read()), (3, '', before))
        self.assertIn(f'{others}/link: is a link that others than root can change', done.stderr)


class Take(LeaseFileTest):

    def untold(self, *names):
        """A network with two clients, whose dnsmasq has stopped. As far as the helper was told, some leases have ended; but they were
        renewed."""
        network = self.network(renewals=False)
        hosts, joined = {}, {}
        for name in 'web', 'db':
            hosts[name], client, address = self.join(network, name)
            joined[name] = client, address
        network.stop()
        for name in names:
            call('add', hosts[name].mac, joined[name][1], name, DNSMASQ_LEASE_EXPIRES=str(int(time.time()) - 1))
            self.is_gone(name)
        return network, joined

    def test_init_takes_the_file_over_by_itself(self):
        network, joined = self.untold('web')
        self.to_leasefile_ro(network)
        self.knows_all(network, joined)
        self.assertIn(f'{network.lease_file}: 1 of its 2 leases were taken over from it', network.log())

    def test_init_has_time_for_it_on_a_slow_machine(self):
        network, joined = self.untold('web')
        # Longer than init waits for anything else.
        in_place_of_importer(self, f'case "$*" in *--take=*) sleep 5;; esac\n{GOES_ON}')
        self.to_leasefile_ro(network)
        self.knows_all(network, joined)

    def test_the_command_takes_what_the_helper_was_not_told(self):
        network, joined = self.untold('web')
        # It cannot know where dnsmasq had them, as with dhcp-scriptuser.
        (STATE / 'servers/known').unlink()
        done = lease_file('take', network.lease_file)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertEqual(done.stdout, f'took 1 of the 2 leases in {network.lease_file} (0 new, 1 renewed)\n'
                                      "next: add leasefile-ro to dnsmasq's configuration and restart dnsmasq\n")
        self.assertEqual(lease_file('take', network.lease_file).stdout.splitlines()[0],
                         f'took 0 of the 2 leases in {network.lease_file}: all were known')
        self.to_leasefile_ro(network)
        self.knows_all(network, joined)

    def knows_all(self, network, joined):
        for name, (client, address) in joined.items():
            self.asks_in_vain(network, address, f'not-{name}')
            self.renews(network, client, address)
            self.resolves(name, address)

    def test_a_dnsmasq_that_never_ran_the_helper_can_go_over(self):
        network = self.network(is_told=False)
        host = self.host(network, 'web')
        client = Udhcpc(host, 'web')
        address = host.address()
        network.stop()
        done = lease_file('take', network.lease_file)
        self.assertIn(f'took 1 of the 1 lease in {network.lease_file} (1 new, 0 renewed)', done.stdout)
        self.to_leasefile_ro(network)
        self.renews(network, client, address)
        self.asks_in_vain(network, address, 'new')
        self.assertEqual(resolve('web.lan'), {address})

    def test_the_file_is_found_and_an_unknown_lease_goes_to_the_network_named(self):
        network, _ = self.untold()
        with network.lease_file.open('a') as file:
            file.write(f'0 52:54:00:00:00:01 {network.v4}.50 late *\n')
        done = lease_file('take', '--network', 'other')
        self.assertIn(f'took 1 of the 3 leases in {network.lease_file} (1 new, 0 renewed)', done.stdout)
        self.assertEqual(resolve('late.other'), {f'{network.v4}.50'})
        self.assertEqual(lease_file('take', '--network', '../x').returncode, 2)

    def test_what_is_newer_than_the_file_stays(self):
        network, joined = self.untold()
        self.to_leasefile_ro(network)
        client, address = joined['web']
        client.release()
        self.is_gone('web')
        host = self.host(network, 'new')
        Udhcpc(host, 'new', asking_for=address)
        self.assertEqual(host.address(), address)
        self.resolves('new', address)
        done = lease_file('take', network.lease_file)
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertIn(f'runs with leasefile-ro and does not write {network.lease_file} any more', done.stderr)
        network.stop()
        self.assertIn('took 0 of the 2 leases', lease_file('take', network.lease_file).stdout)
        self.assertEqual((resolve('new'), resolve('web')), ({address}, set()))

    def test_leases_of_another_dnsmasq_in_the_network_named_stay(self):
        _, _, address = self.join(self.network(), 'web')
        file = pathlib.Path('/run/leases')
        file.write_text('0 52:54:00:00:00:01 10.9.9.9 late *\n')
        self.assertIn('took 1 of the 1 lease', lease_file('take', '--network', 'lan', file).stdout)
        self.assertEqual((resolve('web'), resolve('late.lan')), ({address}, {'10.9.9.9'}))

    def test_a_file_that_is_not_there_is_named(self):
        done = lease_file('take')
        self.assertEqual((done.returncode, done.stdout), (3, ''))
        self.assertIn('/var/lib/misc/dnsmasq.leases', done.stderr)
        self.assertIn('dhcp-leasefile', done.stderr)

    def test_only_root_may(self):
        leasectl('import')
        for direction in 'take', 'give':
            done = subprocess.run(['setpriv', '--reuid', 'nobody', '--clear-groups', 'leasectl', 'lease-file', direction], capture_output=True,
                                  text=True)
            self.assertEqual(done.returncode, 3)
            self.assertIn(f'run: sudo leasectl lease-file {direction}', done.stderr)


if __name__ == '__main__':
    lab.main()
