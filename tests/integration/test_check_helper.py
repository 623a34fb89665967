"""leasectl check, as root: what the helper would meet as the user and with the rights that it has."""

import os
import pathlib
import pwd
import subprocess

import lab
import sandbox
from check import CONFIGURATION, NSSWITCH, CheckTest
from lab import INDEX, RUNTIME, STATE, resolve, run, status_file
from network import HELPER

NOBODY = pwd.getpwnam('nobody')
LOCK = STATE / 'lock'
SERVERS = STATE / 'servers'
LEASECTL = pathlib.Path('/usr/bin/leasectl')
PROGRAMS = pathlib.Path(HELPER).parent


def mounted_over(directory, *options):
    """The directory is a file system of its own, with the same files."""
    place = sandbox.SCRATCH / 'mounted'
    place.mkdir(exist_ok=True)
    sandbox.mount('-t', 'tmpfs', '-o', 'size=8m,mode=755', 'small', place)
    run('cp', '-a', f'{directory}/.', place)
    sandbox.mount('--bind', place, directory)
    run('umount', place)
    run('leasectl', 'rebuild')
    if options:
        sandbox.mount('-o', ','.join(('remount', *options)), directory)


class CheckHelper(CheckTest):

    def mount_over(self, directory, *options):
        mounted_over(directory, *options)
        self.addCleanup(run, 'umount', '--lazy', directory)

    def an_event_is_recorded(self):
        """The helper works again. dnsmasq tells at its start what it could not tell before."""
        self.lan.restart()
        _, _, address = self.join(self.lan, 'db')
        self.assertEqual(resolve('db'), {address})
        self.well('db')

    def test_rights_that_the_helper_lacks(self):
        cases = {
            f'open {LOCK}: Permission denied': (lambda: os.chown(STATE, NOBODY.pw_uid, NOBODY.pw_gid), lambda: LOCK.chmod(0)),
            f'write in {STATE}: Permission denied': (lambda: STATE.chmod(0), lambda: STATE.chmod(0o500)),
            f'open {status_file(self.lan)}: Permission denied': (lambda: status_file(self.lan).chmod(0),),
            f'write in {RUNTIME}: Permission denied': (lambda: os.chown(RUNTIME, NOBODY.pw_uid, NOBODY.pw_gid), lambda: RUNTIME.chmod(0o555)),
        }
        for text, faults in cases.items():
            for break_it in faults:
                with self.subTest(text):
                    break_it()
                    self.assertIn(f'; restart process {self.lan.process.pid}', self.found('helper', f'the helper, as root, cannot {text}')['text'])
                    self.fixed('helper', text, 'web')
        self.an_event_is_recorded()

    def test_the_right_of_another_user_is_not_root_s(self):
        self.lan.stop()
        self.lan.configuration.write_text(self.lan.configuration.read_text() + 'dhcp-scriptuser=nobody\n')
        self.lan.start()
        for directory in STATE, RUNTIME:
            run('chown', '-R', 'nobody:', directory)
        run('leasectl', 'rebuild')
        self.assertIn('as nobody, it may do what it has to', str(self.well('web')))
        os.chown(LOCK, 0, 0)
        self.fixed('helper', f'the helper, as nobody, cannot open {LOCK}: Permission denied', 'web')
        PROGRAMS.chmod(0o700)
        self.fixed('helper', f'dnsmasq, as nobody, cannot run {HELPER}: Permission denied', 'web')
        self.an_event_is_recorded()

    def test_a_lock_that_is_not_a_file(self):
        LOCK.unlink()
        LOCK.mkdir()
        self.fixed('helper', f'cannot open {LOCK}: it is not a file')
        self.an_event_is_recorded()

    def test_file_systems_that_are_mounted_read_only(self):
        for directory in STATE, RUNTIME:
            with self.subTest(directory):
                self.mount_over(directory, 'ro')
                self.fixed('helper', f'cannot write in {directory}: Read-only file system', 'web')
        self.an_event_is_recorded()

    def test_a_file_system_that_is_read_only_by_itself(self):
        # As after an error: the mount that is looked at was made for writing.
        place = sandbox.SCRATCH / 'itself'
        place.mkdir()
        self.mount_over(STATE)
        sandbox.mount('--bind', STATE, place)
        self.addCleanup(run, 'umount', '--lazy', place)
        sandbox.mount('-o', 'remount,ro', place)
        finding = self.found('helper', f'cannot write in {STATE}: Read-only file system')
        self.assertEqual(finding['look-at'], f'findmnt -T {STATE}')
        run('sh', '-c', finding['look-at'])
        sandbox.mount('-o', 'remount,rw', place)
        self.well('web')

    def test_a_file_system_that_cannot_be_written_at_all(self):
        # Of overlays without a layer to write in, as of a CD.
        layers = [sandbox.SCRATCH / 'layers of it' / name for name in ('files', 'nothing')]
        for layer in layers:
            layer.mkdir(parents=True)
        run('cp', '-a', f'{STATE}/.', layers[0])
        sandbox.mount('-t', 'overlay', '-o', f'ro,lowerdir={layers[0]}:{layers[1]}', 'both', STATE)
        finding = self.found('helper', f'cannot write in {STATE}: Read-only file system')
        self.assertEqual((finding.get('remedy'), finding['look-at']), (None, f'findmnt -T {STATE}'))
        self.assertNotEqual(subprocess.run(['mount', '-o', 'remount,rw', STATE], capture_output=True).returncode, 0)
        run('umount', '--lazy', STATE)
        self.well('web')

    def test_file_systems_that_are_full(self):
        for directory in STATE, RUNTIME:
            with self.subTest(directory):
                self.mount_over(directory)
                filler = directory / 'filler'
                run('sh', '-c', f'cat /dev/zero > {filler} 2>/dev/null || :')
                finding = self.found('helper', f'cannot write in {directory}: No space left on device')
                self.assertEqual(finding['look-at'], f'df -h {directory}')
                run('sh', '-c', finding['look-at'])
                filler.unlink()
                self.well('web')

    def test_a_file_system_of_which_nothing_is_run(self):
        self.mount_over(PROGRAMS, 'noexec')
        self.fixed('helper', f'dnsmasq, as root, cannot run {HELPER}: its file system is mounted noexec', 'web')
        self.an_event_is_recorded()

    def test_what_anybody_could_change(self):
        CONFIGURATION.touch()
        module = pathlib.Path(run('sh', '-c', 'echo /usr/lib/*/libnss_leases.so.2').strip())
        own = STATE, SERVERS, SERVERS / 'known', CONFIGURATION, PROGRAMS, LEASECTL, *PROGRAMS.glob('lease*')
        self.assertGreaterEqual(set(own), {pathlib.Path(HELPER), PROGRAMS / 'leases-import'})
        for path in *own, module, NSSWITCH:
            topic = 'helper' if path in own else 'module' if path == module else 'nsswitch'
            for user in None, 'nobody':
                with self.subTest(path, user=user):
                    path.chmod(0o777)
                    self.fixed(topic, f'{path} can be written by group or others', user=user)

    def test_a_file_that_somebody_planted_is_not_believed(self):
        STATE.chmod(0o777)
        text = status_file(self.lan).read_text()
        status_file(self.lan).unlink()
        for planted in STATE / 'planted.status', status_file(self.lan), STATE / 'lan.duid':
            planted.write_text(text.replace('"web"', '"mail"'))
            os.chown(planted, NOBODY.pw_uid, NOBODY.pw_gid)
        finding = self.found('helper', f'{STATE} can be written by group or others')
        run('sh', '-c', finding['remedy'])
        self.assertEqual((resolve('mail'), resolve('web')), (set(), {self.web}))
        self.assertEqual((STATE.stat().st_mode & 0o777, status_file(self.lan).stat().st_uid), (0o755, 0))
        self.assertEqual([path for path in STATE.rglob('*') if path.stat().st_uid != 0], [])
        self.well('web')

    def test_what_other_hosts_share_stays_when_planted_files_go(self):
        CONFIGURATION.write_text('[share]\nendpoints = ["http://192.0.2.1:2379"]\n')
        shared, planted = STATE / 'shared' / 'hv2' / 'lan.status', STATE / 'planted.status'
        shared.parent.mkdir(parents=True)
        STATE.chmod(0o777)
        for path in shared.parents[1], shared.parent, shared, planted:
            if not path.is_dir():
                path.write_text('')
            os.chown(path, NOBODY.pw_uid, NOBODY.pw_gid)
        run('sh', '-c', self.found('helper', f'{STATE} can be written by group or others')['remedy'])
        self.assertEqual((shared.exists(), planted.exists()), (True, False))

    def test_servers_that_somebody_planted_are_not_believed(self):
        known = SERVERS / 'known'
        text = known.read_text()
        SERVERS.chmod(0o777)
        known.unlink()
        for planted in known, SERVERS / 'other':
            planted.write_text(text)
            os.chown(planted, NOBODY.pw_uid, NOBODY.pw_gid)
        self.fixed('helper', f'{SERVERS} can be written by group or others', 'web')
        self.assertEqual((SERVERS.stat().st_mode & 0o777, list(SERVERS.iterdir())), (0o755, []))

        # They came while the directory was open to all.
        for user in None, 'nobody':
            with self.subTest(user=user):
                known.write_text(text)
                os.chown(known, NOBODY.pw_uid, NOBODY.pw_gid)
                self.fixed('helper', f'{known} belongs neither to root nor to the owner of {STATE}', 'web', user=user)
                self.assertFalse(known.exists())
        known.write_text(text)
        os.chown(SERVERS, NOBODY.pw_uid, NOBODY.pw_gid)
        self.fixed('helper', f'{SERVERS} belongs neither to root nor to the owner of {STATE}', 'web')
        self.assertFalse(SERVERS.exists())
        self.an_event_is_recorded()
        self.assertTrue(known.exists())

    def test_an_index_that_others_cannot_read(self):
        for path, mode in (RUNTIME, 0o700), (RUNTIME, 0o711), (INDEX, 0o600):
            for user in None, 'nobody':
                with self.subTest(path, mode=oct(mode), user=user):
                    path.chmod(mode)
                    self.fixed('index', 'find nothing' if path == RUNTIME or not user else 'cannot be opened by this user', 'web', user=user)
        self.well('web', user='nobody')

    def test_no_file_is_made_to_try_it(self):
        def times():
            return [(path.stat().st_mtime_ns, path.stat().st_ctime_ns) for path in (STATE, RUNTIME, STATE / 'servers')]

        before = times()
        self.well('web')
        self.assertEqual(times(), before)


if __name__ == '__main__':
    lab.main()
