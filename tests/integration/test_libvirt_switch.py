"""leasectl libvirt-helper: our helper takes the place of libvirt's, and gives it back."""

import contextlib
import ctypes
import os
import pathlib
import struct
import subprocess
import unittest

import lab
import schemas
from libvirt import LEASESHELPER, PACKAGES
from libvirt_lab import away, complaint, switch
from network import HELPER
from sandbox import SCRATCH, mount, run
from waiting import wait_until

ASIDE = pathlib.Path(f'{LEASESHELPER}.distrib')


class Departures:
    """The names that a directory loses meanwhile, if only for a moment; but not those that another file takes over (inotify(7))."""

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

    def test_on_and_off_at_once_are_one_after_the_other(self):
        on = subprocess.Popen(['strace', '-qqe', 'trace=symlink,symlinkat', '-e', 'inject=symlink,symlinkat:delay_enter=2000000',
                               'leasectl', 'libvirt-helper', 'on'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(ASIDE.exists, lab.SOON, 'the first half of it')
        switch('off')
        self.assertEqual(on.wait(lab.SOON), 0)
        self.is_off()

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
        """AppArmor's files are simulated: the machine's kernel may not have it."""
        for place in '/sys/module', '/sys/kernel/security':
            mount('-t', 'tmpfs', 'played', place)
            self.addCleanup(run, 'umount', '--lazy', place)
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
    """What dpkg does meanwhile, in a copy of the machine for each script."""

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

    def test_a_link_that_cannot_be_read_is_an_error_and_stays(self):
        self.in_a_copy('''
            package 99
            leasectl libvirt-helper on
            remove
            for action in off status; do
                strace -o $layers/trace -P $L -e inject=?readlink,?readlinkat:error=EIO leasectl libvirt-helper $action 2> $layers/said &&
                    exit 1
                test $(grep -c "leasectl: $L: cannot be examined" $layers/said) = 1
            done
            test -L $L
            dpkg-divert --list $L | grep $L
            leasectl libvirt-helper off
            test ! -L $L''')


if __name__ == '__main__':
    lab.main()
