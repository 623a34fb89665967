"""Services that systemd confines find leases, and the installed units work."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import lab
from calls import lease
from lab import INDEX, RUNTIME, STATE, resolve
from libvirt import STATE as LIBVIRT
from sandbox import SCRATCH, run
from service_manager import UNITS, lay_out_root
from systemd_test import ALONE, SystemdTest
from waiting import wait_until

ROOT = pathlib.Path('/run/root-of-a-service')
EXPORTED = pathlib.Path('/run/leases-export')
LOCKED_UP = [
    ['ProtectSystem=strict', 'PrivateTmp=yes'],
    ['DynamicUser=yes', 'ProtectHome=yes', 'NoNewPrivileges=yes'],
    ['PrivateUsers=yes', 'PrivateDevices=yes', 'ProtectProc=invisible', 'ProcSubset=pid'],
    ['PrivateNetwork=yes', 'RestrictAddressFamilies=AF_UNIX'],
    ['MemoryDenyWriteExecute=yes', 'LockPersonality=yes', 'SystemCallFilter=@system-service'],
    ['TemporaryFileSystem=/var'],
    ['InaccessiblePaths=/var/lib/nss-leases', 'UMask=0777'],
    ['CapabilityBoundingSet='],
]


class Systemd(SystemdTest):

    def setUp(self):
        super().setUp()
        self.lan = self.network('lan')
        _, _, self.web = self.join(self.lan, 'web')

    def answer(self, properties, name='web', by=()):
        """The addresses of a name, asked for in a service, perhaps by another program that runs getent."""
        done = self.systemd.service(properties, *by, '/usr/bin/getent', 'ahostsv4', name)
        self.assertIn(done.returncode, (0, 2), done.stdout + done.stderr)
        return {line.split()[0] for line in done.stdout.splitlines()}

    def test_a_service_finds_leases_however_it_is_locked_up(self):
        for properties in LOCKED_UP:
            with self.subTest(properties=properties):
                self.assertEqual(self.answer(properties), {self.web})

    def test_a_service_finds_leases_with_one_file_descriptor_to_spare(self):
        # With LimitNOFILE=4, systemd 257 cannot start a service.
        self.assertEqual(self.answer([], by=('/usr/bin/prlimit', '--nofile=4')), {self.web})

    def test_in_a_root_of_its_own_a_service_finds_leases_if_their_directory_is_bound_into_it(self):
        shutil.rmtree(ROOT, ignore_errors=True)
        libraries = run('sh', '-c', 'ls -d /usr/lib/*/libnss_leases.so.2').split()
        lay_out_root(ROOT, '/usr/bin/getent', *libraries)
        (ROOT / 'etc/nsswitch.conf').write_text('hosts: leases files\n')
        (ROOT / 'etc/hosts').write_text('192.0.2.7 web\n')
        inside = [f'RootDirectory={ROOT}', 'MountAPIVFS=yes']
        self.assertEqual(self.answer(inside), {'192.0.2.7'})
        self.assertEqual(self.answer([*inside, f'BindReadOnlyPaths={RUNTIME}']), {self.web})

    def test_the_helper_needs_its_two_directories_and_no_other_place_to_write(self):
        event = ['/usr/libexec/nss-leases/leaseshelper', 'add', '52:54:00:77:00:01', '10.77.0.9', 'late']
        environment = ['Environment=DNSMASQ_INTERFACE=lan DNSMASQ_LEASE_EXPIRES=4102444800', 'ProtectSystem=strict', 'PrivateTmp=yes', 'ProtectHome=yes',
                       'NoNewPrivileges=yes', 'CapabilityBoundingSet=CAP_SETUID CAP_SETGID CAP_DAC_OVERRIDE']
        refused = self.systemd.service(environment, *event)
        self.assertNotEqual(refused.returncode, 0)
        self.assertRegex(refused.stderr, f'({STATE}|{RUNTIME})/.*Read-only file system')
        self.assertEqual(resolve('late'), set())
        done = self.systemd.service([*environment, f'ReadWritePaths={STATE} {RUNTIME}'], *event)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertEqual(resolve('late'), {'10.77.0.9'})

    def test_at_boot_the_directories_are_made_and_the_leases_indexed(self):
        shutil.rmtree(RUNTIME)
        self.assertEqual(resolve('web'), set())
        made = self.systemd.run('systemd-tmpfiles', '--create', '/usr/lib/tmpfiles.d/nss-leases.conf')
        self.assertEqual(made.returncode, 0, made.stderr)
        started = self.systemd.run('systemctl', 'start', '--job-mode=ignore-dependencies', 'leases-rebuild.service')
        self.assertEqual(started.returncode, 0, started.stderr)
        # Everybody looks names up.
        self.assertEqual(INDEX.stat().st_mode & 0o777, 0o644)
        self.assertEqual(resolve('web'), {self.web})

    def test_locked_up_services_see_no_interfaces_and_take_no_network_for_one_that_has_gone(self):
        gone = [STATE / 'gone.status', STATE / 'gone.duid']
        for file in gone:
            file.write_text('[]\n')
            os.utime(file, (0, 0))
        for _ in range(2):
            started = self.systemd.run('systemctl', 'start', '--job-mode=ignore-dependencies', 'leases-rebuild.service')
            self.assertEqual(started.returncode, 0, started.stderr)
            self.assertTrue(all(file.exists() for file in gone))
        run('leasectl', 'rebuild')
        self.assertFalse(any(file.exists() for file in gone))
        self.assertEqual(resolve('web'), {self.web})

    def test_a_rebuild_that_hangs_is_given_up_and_what_waits_for_it_goes_on(self):
        drop_in = UNITS / 'leases-rebuild.service.d/soon.conf'
        drop_in.parent.mkdir(parents=True)
        self.addCleanup(shutil.rmtree, drop_in.parent)
        shown = self.systemd.run('systemctl', 'show', '--property=TimeoutStartUSec,TimeoutStopUSec', '--value', 'leases-rebuild.service')
        self.assertEqual(shown.stdout.split(), ['30s', '5s'])
        drop_in.write_text('[Service]\nTimeoutStartSec=2\n')
        self.systemd.run('systemctl', 'daemon-reload')
        holder = subprocess.Popen([sys.executable, '-c', 'import fcntl, os, sys; fcntl.lockf(os.open(sys.argv[1], os.O_RDWR), fcntl.LOCK_EX); print("held", flush=True); '
                                   'sys.stdin.read()', STATE / 'lock'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(holder.communicate)
        self.assertEqual(holder.stdout.readline(), 'held\n')
        started = self.systemd.run('systemctl', 'start', '--job-mode=ignore-dependencies', 'leases-rebuild.service')
        self.assertNotEqual(started.returncode, 0)
        result = self.systemd.run('systemctl', 'show', '--property=Result', '--value', 'leases-rebuild.service')
        self.assertEqual(result.stdout.strip(), 'timeout')
        self.systemd.run('systemctl', 'reset-failed', 'leases-rebuild.service')

    def start_imports(self):
        for unit in 'leases-import.path', 'leases-import.service':
            self.unit(f'{unit}.d/alone.conf', ALONE)
        shutil.rmtree(LIBVIRT, ignore_errors=True)
        self.addCleanup(shutil.rmtree, LIBVIRT, ignore_errors=True)
        self.systemd.run('systemctl', 'daemon-reload')
        started = self.systemd.run('systemctl', 'start', 'leases-import.path')
        self.assertEqual(started.returncode, 0, started.stderr)
        self.addCleanup(self.systemd.run, 'systemctl', 'stop', 'leases-import.path', 'leases-import.service')

    def test_imports_begin_when_a_dnsmasq_has_run_the_helper(self):
        self.start_imports()
        wait_until(lambda: self.of_imports('ActiveState') == 'active', lab.SOON, 'the service')
        self.assertEqual(resolve('web'), {self.web})

    def test_imports_begin_when_there_is_a_source_and_go_on_after_a_crash(self):
        shutil.rmtree(STATE / 'servers')
        self.start_imports()
        self.assertEqual(self.of_imports('ActiveState'), 'inactive')

        LIBVIRT.mkdir(parents=True)
        self.write_status('vm')
        self.resolves('vm', '10.9.0.1')
        self.assertEqual(self.of_imports('ActiveState'), 'active')
        # It would start the service, too.
        self.systemd.run('systemctl', 'stop', 'leases-import.path')
        crashed = self.of_imports('MainPID')
        killed = self.systemd.run('kill', '-KILL', crashed)
        self.assertEqual(killed.returncode, 0, killed.stderr)
        self.write_status('renamed')
        self.resolves('renamed', '10.9.0.1')
        self.is_gone('vm')
        self.assertEqual(resolve('web'), {self.web})
        self.assertNotEqual(self.of_imports('MainPID'), crashed)
        self.systemd.run('systemctl', 'stop', 'leases-import.service')
        self.assertEqual((self.of_imports('ActiveState'), self.of_imports('Result')), ('inactive', 'success'))

    def test_check_finds_that_nothing_follows_the_sources(self):
        self.start_imports()
        LIBVIRT.mkdir(parents=True)
        self.write_status('vm')
        self.resolves('vm', '10.9.0.1')
        self.addCleanup(self.systemd.run, 'systemctl', 'disable', 'leases-import.path')

        def fix(text):
            problem, = self.problems_of_sources()
            self.assertIn(text, problem['text'])
            fixed = self.systemd.run('sh', '-c', problem['remedy'])
            self.assertEqual(fixed.returncode, 0, fixed.stderr)
            self.assertEqual(self.problems_of_sources(), [])
            self.assertEqual(self.systemd.run('systemctl', 'is-enabled', 'leases-import.path').stdout, 'enabled\n')

        fix('after the next boot: leases-import.path is not enabled')
        self.systemd.run('systemctl', 'disable', '--now', 'leases-import.path')
        self.systemd.run('systemctl', 'stop', 'leases-import.service')
        fix('leases-import.service does not run')

    def test_an_export_follows_the_leases_and_tells_another_service(self):
        told = SCRATCH / 'told'
        self.unit('another.service', f"{ALONE}[Service]\nType=oneshot\nExecStart=sh -c 'echo >>{told}'\n")
        self.unit('leases-export@hosts.service.d/alone.conf',
                  f"{ALONE}[Service]\nEnvironment=\"OPTIONS=--exec 'systemctl restart another'\"\n")
        self.systemd.run('systemctl', 'daemon-reload')
        started = self.systemd.run('systemctl', 'start', '--job-mode=ignore-dependencies', 'leases-export@hosts.service')
        self.assertEqual(started.returncode, 0, started.stderr)
        self.addCleanup(self.systemd.run, 'systemctl', 'stop', 'leases-export@hosts.service')
        exported = EXPORTED / 'hosts/leases'
        wait_until(lambda: exported.exists() and self.web in exported.read_text(), lab.SOON, 'the lease is in the file')
        wait_until(lambda: told.exists(), lab.SOON, 'the other service knows')
        before = told.read_text()
        lease(7, 'vm7')
        wait_until(lambda: 'vm7' in exported.read_text(), lab.SOON, 'the new one, too')
        wait_until(lambda: told.read_text() != before, lab.SOON, 'the other service knows')
        self.assertEqual(exported.stat().st_mode & 0o777, 0o644)
        stopped = self.systemd.run('systemctl', 'stop', 'leases-export@hosts.service')
        self.assertEqual(stopped.returncode, 0, stopped.stderr)
        result = self.systemd.run('systemctl', 'show', '--property=Result', '--value', 'leases-export@hosts.service')
        self.assertEqual(result.stdout.strip(), 'success')

    def problems_of_sources(self):
        return self.problems_of('sources')

    def of_imports(self, key):
        """A property of leases-import.service."""
        return self.systemd.run('systemctl', 'show', f'--property={key}', '--value', 'leases-import.service').stdout.strip()

    def write_status(self, name):
        file = LIBVIRT / 'virbr9.status.new'
        file.write_text(json.dumps([{'ip-address': '10.9.0.1', 'mac-address': '52:54:00:09:00:01', 'hostname': name, 'expiry-time': 4102444800}]))
        # As a file that only root may read.
        file.chmod(0)
        file.rename(LIBVIRT / 'virbr9.status')


if __name__ == '__main__':
    lab.main()
