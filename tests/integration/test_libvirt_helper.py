"""The real libvirt with our helper in the place of its own."""

import contextlib
import ctypes
import json
import os
import pathlib
import shutil
import struct
import subprocess
import time
import unittest

import lab
import schemas
from lab import RUNTIME, STATE, Dhclient, Udhcpc, leasectl, resolve, reverse, status, wait_until
from libvirt import LEASESHELPER, PACKAGES
from libvirt_lab import IMPORTER, LibvirtTest, complaint, found
from network import HELPER
from sandbox import SCRATCH, mount, run

ASIDE = pathlib.Path(f'{LEASESHELPER}.distrib')


def switch(action):
    return leasectl('libvirt-helper', action)


@contextlib.contextmanager
def away(path):
    """A file that is not there for a while."""
    hidden = pathlib.Path(path).rename(f'{path}.away')
    try:
        yield
    finally:
        hidden.rename(path)


class Departures:
    """Which names a directory loses meanwhile, be it for a moment; not those that another file takes over (inotify(7))."""

    MOVED_FROM, DELETE = 0x40, 0x200

    def __init__(self, directory):
        libc = ctypes.CDLL(None, use_errno=True)
        self.events = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self.events < 0 or libc.inotify_add_watch(self.events, os.fsencode(directory), self.MOVED_FROM | self.DELETE) < 0:
            raise OSError(ctypes.get_errno(), 'inotify')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.events)

    def names(self):
        """Since the last call."""
        found = []
        with contextlib.suppress(BlockingIOError):
            events = os.read(self.events, 65536)
            while events:
                _, _, _, length = struct.unpack('iIII', events[:16])
                found.append(os.fsdecode(events[16:16 + length].rstrip(b'\0')))
                events = events[16 + length:]
        return found


def is_diverted():
    return str(ASIDE) in run('dpkg-divert', '--list', LEASESHELPER)


def helper_in_place():
    """What `status` says, and its exit status."""
    text = subprocess.run(['leasectl', 'libvirt-helper', 'status', '--json'], capture_output=True, text=True)
    return text.returncode, schemas.validate(text.stdout, 'libvirt-helper.schema.json')['helper']


@unittest.skipUnless(LEASESHELPER.exists(), f'missing Debian package: {next(iter(PACKAGES))}')
class Switch(unittest.TestCase):

    def setUp(self):
        self.libvirts = LEASESHELPER.read_bytes()
        self.addCleanup(switch, 'off')

    def is_on(self):
        self.assertEqual((str(LEASESHELPER.readlink()), ASIDE.read_bytes(), is_diverted()), (HELPER, self.libvirts, True))
        self.assertEqual(helper_in_place(), (0, 'nss-leases'))

    def is_off(self):
        self.assertFalse(LEASESHELPER.is_symlink() or ASIDE.exists() or is_diverted())
        self.assertEqual(LEASESHELPER.read_bytes(), self.libvirts)
        self.assertEqual(helper_in_place(), (1, 'libvirt'))

    def test_on_and_off_do_what_they_say_how_often_ever(self):
        self.is_off()
        for action, is_done in ('on', self.is_on), ('on', self.is_on), ('off', self.is_off), ('off', self.is_off):
            said = switch(action)
            is_done()
            self.assertIn(str(LEASESHELPER), said)
            self.assertEqual(run('dpkg', '--verify', 'libvirt-daemon'), '')

    def test_there_is_a_helper_at_every_moment(self):
        with Departures(LEASESHELPER.parent) as departures:
            for action in 'on', 'on', 'off', 'off':
                switch(action)
            self.assertNotIn(LEASESHELPER.name, departures.names())
            LEASESHELPER.with_suffix('.trial').touch()
            LEASESHELPER.with_suffix('.trial').unlink()
            self.assertIn(LEASESHELPER.with_suffix('.trial').name, departures.names(), 'what does go is seen')

    def test_each_finishes_what_was_killed(self):
        divert = ['dpkg-divert', '--local', '--divert', ASIDE, '--no-rename']
        link = LEASESHELPER.with_name(LEASESHELPER.name + '.new')
        steps = [lambda: run(*divert, '--add', LEASESHELPER), lambda: ASIDE.hardlink_to(LEASESHELPER), lambda: link.symlink_to('nothing')]
        for action, is_done in ('on', self.is_on), ('off', self.is_off):
            for done in range(1, len(steps) + 1):
                with self.subTest(action=action, done=done):
                    for step in steps[:done]:
                        step()
                    switch(action)
                    is_done()
                    switch('off')
                    self.is_off()
                    link.unlink(missing_ok=True)
        switch('on')
        ASIDE.rename(LEASESHELPER)
        switch('off')
        self.is_off()

    def test_only_root_may_and_everybody_may_look(self):
        nobody = ['setpriv', '--reuid', 'nobody', '--clear-groups', 'leasectl', 'libvirt-helper']
        for action in 'on', 'off':
            code, said = complaint(*nobody, action)
            self.assertEqual(code, 3)
            self.assertIn(f'sudo leasectl libvirt-helper {action}', said)
        self.is_off()
        self.assertEqual(complaint(*nobody, 'status'), (1, ''))

    def test_a_helper_that_is_not_there_does_not_come_into_its_place(self):
        switch('on')
        with away(HELPER):
            self.assertEqual(helper_in_place(), (1, 'nss-leases'))
            said = subprocess.run(['leasectl', 'libvirt-helper', 'status'], capture_output=True, text=True).stdout
            self.assertIn('leasectl libvirt-helper off', said)
            switch('off')
            self.is_off()
            code, said = complaint('leasectl', 'libvirt-helper', 'on')
            self.assertEqual((code, HELPER in said), (3, True))
            self.is_off()

    def test_without_dpkg_it_says_what_to_do_and_does_nothing(self):
        with away('/usr/bin/dpkg-divert'):
            code, said = complaint('leasectl', 'libvirt-helper', 'on')
        self.assertEqual((code, 'by hand' in said), (3, True))
        self.is_off()

    def test_an_enforced_profile_of_dnsmasq_is_told_of_with_the_line_that_it_lacks(self):
        """Its files are played: the kernel of the machine may not have AppArmor."""
        for place in '/sys/module', '/sys/kernel/security':
            mount('-t', 'tmpfs', 'played', place)
            self.addCleanup(run, 'umount', place)
        enabled, profiles = pathlib.Path('/sys/module/apparmor/parameters/enabled'), pathlib.Path('/sys/kernel/security/apparmor/profiles')
        for file, text in (enabled, 'Y\n'), (profiles, 'dnsmasq (enforce)\n'):
            file.parent.mkdir(parents=True)
            file.write_text(text)
        rules = pathlib.Path('/etc/apparmor.d/usr.sbin.dnsmasq')
        rules.write_text(f'profile dnsmasq /usr/sbin/dnsmasq {{\n  {LEASESHELPER} Cx,\n}}\n')
        self.addCleanup(rules.unlink)
        done = subprocess.run(['leasectl', 'libvirt-helper', 'on'], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0)
        self.is_on()
        self.assertIn(f"echo '{HELPER} Ux,' >> /etc/apparmor.d/local/usr.sbin.dnsmasq", done.stderr)
        profiles.write_text('dnsmasq (complain)\n')
        done = subprocess.run(['leasectl', 'libvirt-helper', 'on'], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ''))


@unittest.skipUnless(LEASESHELPER.exists(), f'missing Debian package: {next(iter(PACKAGES))}')
class Packages(unittest.TestCase):
    """What dpkg does meanwhile, in a copy of the machine that ends with each script."""

    COPY = '''
        layers=$(mktemp -d {scratch}/copy.XXXXXX)
        for place in usr var; do
            mkdir -p $layers/$place $layers/$place-work
            mount -t overlay -o lowerdir=/$place,upperdir=$layers/$place,workdir=$layers/$place-work overlay /$place
        done
        L={helper}
        package() {{
            mkdir -p $layers/package/DEBIAN $layers/package${{L%/*}}
            printf 'Package: libvirt-daemon\\nVersion: %s\\nArchitecture: all\\nMaintainer: nobody <nobody@localhost>\\nDescription: a copy\\n' \\
                "$1" > $layers/package/DEBIAN/control
            printf '#!/bin/sh\\n# %s\\n' "$1" > $layers/package$L
            chmod +x $layers/package$L
            dpkg-deb --build $layers/package $layers/$1.deb
            dpkg --force-all --install $layers/$1.deb
        }}
        remove() {{ dpkg --force-all --remove libvirt-daemon; }}
    '''

    def in_a_copy(self, script):
        setup = self.COPY.format(scratch=SCRATCH, helper=LEASESHELPER)
        run('unshare', '--mount', '--propagation', 'private', 'sh', '-exc', setup + script)

    def test_an_update_of_libvirt_goes_beside_ours_and_comes_back_with_off(self):
        self.in_a_copy('''
            leasectl libvirt-helper on
            package 99
            test "$(readlink $L)" = /usr/libexec/nss-leases/leaseshelper
            grep 99 $L.distrib
            leasectl libvirt-helper on
            grep 99 $L.distrib
            leasectl libvirt-helper off
            grep 99 $L && test ! -L $L && test ! -e $L.distrib
            dpkg --verify libvirt-daemon
            package 100
            grep 100 $L''')

    def test_libvirt_can_be_removed_and_installed_again_while_ours_is_in_place(self):
        self.in_a_copy('''
            package 99
            leasectl libvirt-helper on
            remove
            test -L $L && test ! -e $L.distrib
            leasectl libvirt-helper on
            test -L $L && test ! -e $L.distrib
            package 100
            test -L $L && grep 100 $L.distrib
            leasectl libvirt-helper off
            grep 100 $L && test ! -e $L.distrib''')

    def test_off_leaves_nothing_where_libvirt_was_removed_and_on_then_refuses(self):
        self.in_a_copy('''
            package 99
            leasectl libvirt-helper on
            remove
            leasectl libvirt-helper off
            test ! -e $L && test ! -L $L && test ! -e $L.distrib && test -z "$(dpkg-divert --list $L)"
            ! leasectl libvirt-helper on 2> $layers/said
            grep 'apt install libvirt-daemon' $layers/said
            leasectl libvirt-helper status && exit 1
            leasectl libvirt-helper status | grep 'not installed'
            package 100
            grep 100 $L''')


class InPlace(LibvirtTest):

    def setUp(self):
        super().setUp()
        switch('on')
        self.addCleanup(switch, 'off')

    def event(self, network, *arguments, **environment):
        """A call as libvirt's dnsmasq makes it: apart from dnsmasq's own variables, the environment has this one only."""
        run(LEASESHELPER, *arguments, cwd='/',
            env={'VIR_BRIDGE_NAME': network.name, **{f'DNSMASQ_{name}': str(value) for name, value in environment.items()}})

    def record(self, network, address):
        """The one record of an address in libvirt's own file, or None."""
        records = [entry for entry in network.status() if entry['ip-address'] == address]
        self.assertLess(len(records), 2, f'{address} is there more than once')
        return records[0] if records else None

    def told_again(self, network, client, address):
        """dnsmasq has told of all its leases again, in order: the renewal of this one, the last event, is known."""
        before = self.record(network, address)['expiry-time']
        time.sleep(1.1)  # a lease's end is told in seconds
        client.renew()
        wait_until(lambda: self.record(network, address)['expiry-time'] > before, lab.SOON, lambda: f'a renewal\n{network.log()}')

    def test_libvirt_s_readers_go_on_working_and_leases_finds_the_same_names_and_more(self):
        network = self.libvirt_network(families=(4, 6), domain='lab.test')
        guest = self.guest('vm1', network)
        web, _, v4 = self.join(network, 'web')
        Dhclient(web, 'web', family=6)
        v6 = web.address(6)
        self.resolves('web', v4, v6)
        guest_addresses = self.booted(network, guest.macs[0], 2)
        self.resolves('vm1', *guest_addresses)
        self.assertEqual((found('libvirt', 'web'), found('libvirt_guest', 'vm1')), ({v4, v6}, guest_addresses))
        self.assertEqual((resolve(f'web.{network.name}'), resolve(f'vm1.{network.name}')), ({v4, v6}, guest_addresses))
        # dnsmasq tells the domain of those alone that send a name.
        self.assertEqual((resolve('web.lab.test'), resolve('vm1.lab.test')), ({v4, v6}, set()))
        for address in guest_addresses:
            self.assertEqual(reverse(address)[0], 'vm1')
        self.shown_alike(network, guest)
        self.assertEqual(len(network.leases()), 4)
        self.assertEqual(status(network), [], 'a lease with a MAC is in libvirt\'s file only')
        check = subprocess.run(['leasectl', 'check'], capture_output=True, text=True).stdout
        self.assertRegex(check, f'(?m)^ok +dnsmasq +.* runs {LEASESHELPER}')

    def test_a_guest_that_calls_itself_localhost_or_ubuntu_has_its_own_name_with_network_and_domain(self):
        network = self.libvirt_network(domain='lab.test')
        machines = {guest: self.host(network, name) for guest, name in (('vm1', 'localhost'), ('vm2', 'ubuntu'))}
        network.file('macs').write_text(json.dumps([{'domain': guest, 'macs': [host.mac]} for guest, host in machines.items()]))
        for guest, name in ('vm1', 'localhost'), ('vm2', 'ubuntu'):
            Udhcpc(machines[guest], name)
            address = machines[guest].address()
            for suffix in '', f'.{network.name}', '.lab.test':
                self.resolves(guest + suffix, address)
            self.assertEqual(reverse(address)[0], 'vm1' if name == 'localhost' else 'ubuntu')
            self.assertEqual(found('libvirt_guest', guest), {address})

    def test_switching_on_and_off_while_leases_exist_loses_none_and_doubles_none(self):
        switch('off')
        network = self.libvirt_network(families=(4, 6))
        _, client, four = self.join_unnamed(network, 'four')
        _, _, six = self.join_unnamed(network, 'six', Dhclient, family=6)
        wait_until(lambda: len(network.status()) == 2, lab.SOON, 'two records of libvirt\'s helper')

        def shown():
            # The lease that is renewed ends later each time.
            return sorted((entry['ip-address'], entry['mac-address'], entry['hostname'], entry.get('client-id'))
                          for entry in network.status()), network.leases(), found('libvirt', 'four'), found('libvirt', 'six')

        by_libvirt = shown()
        self.assertEqual(by_libvirt[2:], ({four}, {six}))
        for action in 'on', 'off', 'on':
            switch(action)
            self.told_again(network, client, four)
            self.libvirt.restart()
            self.told_again(network, client, four)
            self.assertEqual(shown(), by_libvirt, action)
            if action == 'on':
                self.assertEqual((resolve('four'), resolve('six')), ({four}, {six}))
        _, _, late = self.join_unnamed(network, 'late')
        self.resolves('late', late)

    def join_unnamed(self, network, name, kind=Udhcpc, **options):
        """As join(), where the name need not resolve, since libvirt's helper may be there."""
        host = self.host(network, name)
        client = kind(host, name, **options)
        return host, client, host.address(options.get('family', 4))

    def test_leases_come_back_when_the_network_starts_again_and_when_the_daemon_does(self):
        network = self.libvirt_network(families=(4, 6))
        _, client, four = self.join(network, 'four')
        _, _, six = self.join(network, 'six', Dhclient, family=6)
        before = {address: self.record(network, address) for address in (four, six)}
        network.restart()
        self.libvirt.restart()
        client.renew()
        # dnsmasq tells in order: when the helper knows of this, it has been told of both leases again, and of the other's MAC no more.
        wait_until(lambda: self.record(network, four)['expiry-time'] > before[four]['expiry-time'], lab.SOON, lambda: f'a renewal\n{network.log()}')
        self.assertEqual(self.record(network, six), before[six])
        self.assertIn('mac-address', before[six])
        self.assertEqual((resolve('four'), resolve('six')), ({four}, {six}))
        self.assertNotIn('DHCPNAK', network.log())

    def test_a_network_that_is_undefined_and_defined_again_begins_empty(self):
        network = self.libvirt_network(families=(4, 6))
        self.join(network, 'web')
        self.event(network, 'add', '00:02:00:00:00:09:01', f'{network.v6}:9', 'six', IAID=1, LEASE_EXPIRES=0)
        self.resolves('six', f'{network.v6}:9')
        self.assertEqual((len(network.status()), len(status(network))), (1, 1))
        network.destroy()
        network.undefine()
        self.assertFalse(network.file('status').exists())
        network.define()
        network.start()
        self.assertEqual((network.status(), status(network), network.leases()), ([], [], []))
        self.assertEqual((resolve('web'), resolve('six')), (set(), set()))
        self.assertTrue(network.file('status').exists(), 'libvirt\'s helper makes it at init')

    def test_a_lease_whose_mac_nobody_knows_is_answered_and_kept_from_libvirt_s_readers(self):
        network = self.libvirt_network(families=(4, 6))
        _, client, four = self.join(network, 'four')
        _, _, six = self.join(network, 'six', Dhclient, family=6)
        network.destroy()
        # After its restart dnsmasq tells of no MAC, and the file that has it is older than that lease.
        records = network.status()
        for entry in records:
            if entry['ip-address'] == six:
                del entry['mac-address']
        network.file('status').write_text(json.dumps(records))
        self.assertEqual((found('libvirt', 'four'), found('libvirt', 'six')), (set(), set()), 'what such a record does to them')
        with self.assertRaisesRegex(RuntimeError, 'lease without mac-address'):
            network.leases()
        network.start()
        self.told_again(network, client, four)
        self.assertEqual((resolve('four'), resolve('six')), ({four}, {six}))
        self.assertEqual(([entry['ip-address'] for entry in network.status()], [entry['ip-address'] for entry in status(network)]), ([four], [six]))
        self.assertEqual((found('libvirt', 'four'), [row[2] for row in network.leases()]), ({four}, [f'{four}/24']))
        self.assertNotIn('DHCPNAK', network.log())
        self.libvirt.restart()
        self.told_again(network, client, four)
        self.assertEqual((resolve('six'), found('libvirt', 'four')), ({six}, {four}))

    def test_libvirt_s_readers_do_not_answer_a_refused_name(self):
        network = self.libvirt_network()
        _, _, address = self.join_unnamed(network, 'localhost')
        wait_until(network.status, lab.SOON, 'a record')
        self.assertEqual(network.status()[0]['refused-hostname'], 'localhost')
        self.assertEqual(found('libvirt', 'localhost'), set())
        self.assertEqual([row[2:4] for row in network.leases()], [(f'{address}/24', '-')])

    def test_libvirt_s_readers_show_a_lease_without_end_and_not_one_that_is_over(self):
        network = self.libvirt_network()
        self.event(network, 'add', '52:54:00:78:01:01', f'{network.v4}.10', 'eternal', LEASE_EXPIRES=0)
        self.event(network, 'add', '52:54:00:78:01:02', f'{network.v4}.11', 'over', LEASE_EXPIRES=int(time.time()) - 60)
        self.assertEqual((found('libvirt', 'eternal'), found('libvirt', 'over')), ({f'{network.v4}.10'}, set()))
        self.assertEqual([row[3] for row in network.leases()], ['eternal'])

    def test_a_damaged_file_of_libvirt_s_is_put_aside_and_nothing_is_lost(self):
        network = self.libvirt_network()
        _, _, one = self.join(network, 'one')
        _, _, two = self.join(network, 'two')
        whole = network.file('status').read_bytes()
        damaged = whole[:len(whole) // 2]
        network.file('status').write_bytes(damaged)
        self.assertEqual(found('libvirt', 'one'), set())
        _, _, three = self.join(network, 'three')
        self.assertEqual([resolve(name) for name in ('one', 'two')], [{one}, {two}])
        self.assertEqual([found('libvirt', name) for name in ('one', 'two', 'three')], [{one}, {two}, {three}])
        self.assertEqual({row[2] for row in network.leases()}, {f'{address}/24' for address in (one, two, three)})
        aside = [file.read_bytes() for file in network.file('status').parent.glob(f'{network.name}.status.damaged-*')]
        self.assertEqual(aside, [damaged])


class Hindered(LibvirtTest):
    """init must not fail for what can be survived: libvirt would not start the network, be it at boot."""

    def setUp(self):
        super().setUp()
        switch('on')
        self.addCleanup(switch, 'off')
        self.network = self.libvirt_network()
        self.web, self.client, self.address = self.join(self.network, 'web')
        self.network.destroy()

    def starts_with_its_leases(self):
        self.network.start()
        # Only a dnsmasq that knows the lease lets a machine without authority keep it, and gives the address to nobody else.
        self.client.renew()
        wait_until(lambda: f'DHCPACK({self.network.name}) {self.address} {self.web.mac}' in self.network.log().rpartition('DHCPREQUEST')[2],
                   lab.SOON, lambda: f'the lease\n{self.network.log()}')
        self.assertNotIn('DHCPNAK', self.network.log())
        self.assertEqual([entry['ip-address'] for entry in self.network.status()], [self.address])

    def covered(self, directory, *options):
        """A file system of its own over a directory."""
        directory.mkdir(parents=True, exist_ok=True)
        mount('-t', 'tmpfs', *options, 'cover', directory)
        self.addCleanup(run, 'umount', directory)

    def test_run_is_full(self):
        self.covered(RUNTIME, '-o', 'size=4k,nr_inodes=2')
        (RUNTIME / 'full').write_bytes(bytes(4096))
        self.starts_with_its_leases()

    def test_run_is_read_only(self):
        self.covered(RUNTIME, '-o', 'ro')
        self.starts_with_its_leases()

    def test_our_state_directory_is_missing(self):
        shutil.rmtree(STATE)
        self.starts_with_its_leases()
        self.resolves('web', self.address)

    def test_our_state_directory_is_read_only(self):
        self.covered(STATE, '-o', 'ro')
        self.starts_with_its_leases()

    def test_our_state_directory_is_a_file(self):
        shutil.rmtree(STATE)
        STATE.write_text('in the way')
        self.addCleanup(STATE.unlink)
        self.starts_with_its_leases()

    def test_the_index_and_the_configuration_are_garbage(self):
        configuration = pathlib.Path('/etc/nss-leases.conf')
        configuration.write_text('][')
        self.addCleanup(configuration.unlink)
        lab.INDEX.write_bytes(b'garbage')
        self.starts_with_its_leases()
        self.resolves('web', self.address)

    def test_libvirt_s_file_is_damaged(self):
        with self.network.file('status').open('a') as file:
            file.write('{')
        self.network.start()
        wait_until(lambda: found('libvirt', 'web') == {self.address}, lab.SOON, 'the file is mended, though nothing in it is new')
        self.resolves('web', self.address)
        self.assertEqual(len(list(self.network.file('status').parent.glob('*.damaged-*'))), 1)

    def test_the_importer_is_missing(self):
        with away(IMPORTER):
            self.starts_with_its_leases()


if __name__ == '__main__':
    lab.main()
