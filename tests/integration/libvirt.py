"""libvirt's own daemon in the sandbox. The machine's libvirt is not visible there, and this one has no effect outside."""

import contextlib
import glob
import os
import pathlib
import pwd
import shutil
import signal
import subprocess

from sandbox import SCRATCH, mount, run
from waiting import HUNG, SOON, wait_until

# The directory of libvirt's dnsmasq: <bridge>.status, <bridge>.macs, and the configuration of each network.
STATE = pathlib.Path('/var/lib/libvirt/dnsmasq')
LEASESHELPER = pathlib.Path('/usr/lib/libvirt/libvirt_leaseshelper')
RUNTIME = pathlib.Path('/run/libvirt')
CONFIGURATION = pathlib.Path('/etc/libvirt')
PRIVATE = [CONFIGURATION, *map(pathlib.Path, ('/var/lib/libvirt', '/var/cache/libvirt', '/var/log/libvirt'))]

# What each Debian package is needed for.
PACKAGES = {'libvirt-daemon': '/usr/sbin/libvirtd', 'libvirt-clients': '/usr/bin/virsh', 'qemu-system-x86': '/usr/bin/qemu-system-x86_64',
            'libnss-libvirt': '/usr/lib/*/libnss_libvirt.so.2'}
# libvirtd does not start without this user, which package libvirt-daemon-system makes. A mere name: guests run as root.
USER = 'libvirt-qemu'
DAEMON = 'auth_unix_rw = "none"\nauth_unix_ro = "none"\nunix_sock_group = "root"\n'
# Without virtlogd, without a security driver, and without a /dev of the guest's own, which would need mknod.
GUESTS = 'user = "root"\ngroup = "root"\nstdio_handler = "file"\nsecurity_driver = "none"\nnamespaces = []\n'


class Libvirt:
    """A context manager: libvirtd runs inside `with`, and is gone with the processes of its networks and guests afterwards. The sandbox has
    one at a time."""

    def __enter__(self):
        missing = [package for package, file in PACKAGES.items() if not glob.glob(file)]
        if missing:
            raise CannotStart(f'missing Debian packages: {" ".join(missing)}')
        self.log_file = SCRATCH / 'libvirtd.log'
        self.log_file.unlink(missing_ok=True)
        self.process = None
        self._furnish()
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.stop()
        # Networks and guests go on without libvirtd, so that it can be restarted.
        for file in RUNTIME.glob('*/*.pid'):
            if file.parent.name in ('network', 'qemu') and file.name != 'driver.pid':
                with contextlib.suppress(ProcessLookupError, ValueError):
                    os.kill(int(file.read_text()), signal.SIGKILL)
        shutil.rmtree(RUNTIME, ignore_errors=True)
        for directory in PRIVATE:
            run('umount', '--lazy', directory)

    def start(self):
        with self.log_file.open('ab') as log:
            self.process = subprocess.Popen(['libvirtd'], cwd='/', stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_until(self._answers, SOON, lambda: f'libvirtd\n{self.log()}')

    def stop(self):
        """Ends only the daemon."""
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def restart(self):
        self.stop()
        self.start()

    def log(self):
        return self.log_file.read_text(errors='backslashreplace')

    def virsh(self, *arguments):
        """Standard output of a command of virsh, which must succeed."""
        return run('virsh', '--quiet', *arguments, timeout=HUNG)

    def define(self, kind, xml):
        """kind is net- for a network, or empty for a guest."""
        file = SCRATCH / 'definition.xml'
        file.write_text(xml)
        self.virsh(f'{kind}define', file)

    def _answers(self):
        if self.process.poll() is not None:
            raise CannotStart(self.log().strip())
        return subprocess.run(['virsh', 'uri'], stdin=subprocess.DEVNULL, capture_output=True, timeout=HUNG).returncode == 0

    def _furnish(self):
        for directory in PRIVATE:
            directory.mkdir(exist_ok=True)
            mount('-t', 'tmpfs', '-o', 'mode=755', 'libvirt', directory)
        (CONFIGURATION / 'libvirtd.conf').write_text(DAEMON)
        (CONFIGURATION / 'qemu.conf').write_text(GUESTS)
        try:
            pwd.getpwnam(USER)
        except KeyError:
            run('useradd', '--system', '--no-create-home', '--home-dir', '/var/lib/libvirt', USER)
        # The machine's /sys shows interfaces outside, and libvirt would put guests into the machine's cgroups.
        run('umount', '--recursive', '--lazy', '/sys')
        mount('-t', 'sysfs', 'sysfs', '/sys')


class CannotStart(Exception):
    """libvirtd cannot run here; the text is its message."""
