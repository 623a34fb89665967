"""What a container can do that has the directory of the index: with a mount namespace and a root of its own, as root."""

import subprocess
import sys

import lab
import sandbox
from calls import call, lease, mac
from lab import INDEX, RUNTIME, resolve
from waiting import wait_until

TOP = sandbox.SCRATCH / 'container'
OTHER = RUNTIME / 'other'
# The files of the host's programs, and nothing of /etc and /run but what lookups need.
START = f'''
mount -t tmpfs container {TOP} && cd {TOP} || exit 125
mkdir -p usr etc run/nss-leases && ln -s usr/bin usr/lib usr/lib64 usr/sbin . || exit 125
mount --bind /usr usr && mount --bind {RUNTIME} run/nss-leases && mount -o "remount,bind,$1" run/nss-leases || exit 125
echo 'hosts: leases' > etc/nsswitch.conf
shift
exec chroot . "$@"
'''
# Whoever opens the file to write, or at all, has to wait for it, and the kernel waits three quarters of a minute.
HOLD = '''
import fcntl, os, signal, sys, time
signal.signal(signal.SIGIO, signal.SIG_IGN)
file = os.open(sys.argv[1], os.O_RDONLY)
fcntl.fcntl(file, fcntl.F_SETLEASE, getattr(fcntl, sys.argv[2]))
print('held', flush=True)
time.sleep(600)
'''
# Its root is not the host's.
STRANGERS = ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups', 'unshare', '--user', '--map-root-user']
HOSTS = ['unshare']


class Container(lab.LabTest):

    def setUp(self):
        super().setUp()
        TOP.mkdir(exist_ok=True)
        lease(1, 'web')
        self.before = INDEX.read_bytes()
        # From here on web is somebody else's.
        lease(1, 'db')
        lease(2, 'web')
        self.resolves('web', '10.0.0.2')

    def inside(self, unshare, option, *command, **options):
        done = subprocess.run([*unshare, '--mount', '--propagation', 'private', 'sh', '-c', START, 'sh', option, *command], capture_output=True, **options)
        self.assertNotEqual(done.returncode, 125, done.stderr)
        return done

    def put_an_index(self, unshare, option):
        """The container puts the index of before in place of the host's, as a writer of ours does."""
        return self.inside(unshare, option, 'sh', '-c', f'cat > {OTHER} && mv {OTHER} {INDEX}', input=self.before)

    def test_it_looks_up_the_host_s_leases(self):
        for unshare in HOSTS, STRANGERS:
            found = self.inside(unshare, 'ro', 'getent', 'ahosts', 'web')
            self.assertEqual(found.stdout.split()[:1], [b'10.0.0.2'], found)

    def test_with_the_directory_writable_and_the_host_s_root_it_answers_the_host_s_lookups(self):
        done = self.put_an_index(HOSTS, 'rw')
        self.assertEqual(done.returncode, 0, done.stderr)
        wait_until(lambda: resolve('web') == {'10.0.0.1'}, lab.SOON, 'what the container wrote')

    def test_it_changes_nothing_where_either_is_missing(self):
        for unshare, option, why in (HOSTS, 'ro', b'Read-only file system'), (STRANGERS, 'rw', b'Permission denied'), (STRANGERS, 'ro', b'Read-only file system'):
            with self.subTest(unshare=unshare[0], option=option):
                before = lab.identity(INDEX)
                done = self.put_an_index(unshare, option)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(why, done.stderr)
                self.assertEqual(lab.identity(INDEX), before)
                self.assertEqual(list(RUNTIME.glob(OTHER.name)), [])
                self.assertEqual(resolve('web'), {'10.0.0.2'})

    def held(self, kind):
        """A process in the container that holds the index: F_RDLCK against writers, F_WRLCK against all."""
        holder = subprocess.Popen([*HOSTS, '--mount', '--propagation', 'private', 'sh', '-c', START, 'sh', 'ro', sys.executable, '-c', HOLD, INDEX, kind],
                                  stdout=subprocess.PIPE, text=True)
        self.addCleanup(holder.communicate)
        self.addCleanup(holder.kill)
        self.assertEqual(holder.stdout.readline(), 'held\n')
        return holder

    def test_with_the_host_s_root_it_can_hold_the_index_against_new_readers_until_the_next_event(self):
        self.held('F_WRLCK')
        self.assertEqual(resolve('web'), set())
        lease(3, 'other')
        self.assertEqual(resolve('web'), {'10.0.0.2'})

    def test_while_it_holds_the_index_beside_readers_it_keeps_no_change_from_the_host(self):
        holder = self.held('F_RDLCK')
        call('del', mac(2), '10.0.0.2', 'web')
        lease(3, 'web')
        self.assertEqual(resolve('web'), {'10.0.0.3'})
        self.assertIsNone(holder.poll())


if __name__ == '__main__':
    lab.main()
