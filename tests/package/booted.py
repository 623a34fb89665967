"""README's lines on machines that have nothing else: trees of a release with libvirt, Incus or a dnsmasq, booted by their own systemd, on
which the packages are installed and purged as README says. scripts/test-packages calls this as root:

    booted.py TREE PACKAGES [TEST ...]

TREE is as debootstrap made it and is not changed, PACKAGES the directory in which scripts/package has put the packages.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests/integration'))
from waiting import SOON, wait_until  # noqa: E402

INSIDE = 'NSS_LEASES_BOOTED'
BOOTED = 120
# What the first process of a machine does: it has devices, control groups and a network of its own.
BOOT = '''
cd "$0"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 dev dev
for device in null zero full random urandom tty; do touch dev/$device; mount --bind /dev/$device dev/$device; done
mkdir dev/pts dev/shm dev/net
mount -t devpts -o newinstance,ptmxmode=666,mode=620 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mount -t tmpfs shm dev/shm
[ ! -e /dev/net/tun ] || { touch dev/net/tun; mount --bind /dev/net/tun dev/net/tun; }
mount -t tmpfs -o mode=755 run run
ip link set lo up
hostname the-host
mkdir -p mnt/outside
pivot_root . mnt/outside
exec chroot . sh -c 'umount -l /mnt/outside; rmdir /mnt/outside; exec /sbin/init --log-target=console --show-status=no'
'''
# Where programs keep what they know of packages, logs and the like.
ALWAYS_CHANGE = ('/dev', '/proc', '/run', '/sys', '/tmp', '/var/cache', '/var/lib/apt', '/var/lib/dpkg', '/var/lib/systemd', '/var/log',
                 '/var/tmp', '/var/lib/misc', '/var/lib/libvirt', '/var/lib/incus', '/var/lib/private', '/var/lib/machines')
# Of programs that change users, and of ldconfig.
OWN_COPIES = {'/etc/passwd-', '/etc/group-', '/etc/shadow-', '/etc/gshadow-', '/etc/.pwd.lock', '/etc/ld.so.cache', '/etc/mtab'}


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=1200, check=False, **options)
    if done.returncode != 0:
        raise AssertionError(f'{command} ended with status {done.returncode}:\n{done.stdout}')
    return done.stdout


def lines_of_readme():
    """The lines that install for libvirt and Incus, those for a dnsmasq of one's own, and the one that purges."""
    text = (ROOT / 'README.md').read_text().split('\n## Installing\n')[1].split('\n## ')[0]
    blocks = [block.splitlines() for block in re.findall(r'^```sh\n(.*?)^```', text, re.MULTILINE | re.DOTALL)]
    return blocks[0], blocks[1], re.search(r'`(apt purge [^`]*)`', text)[1]


FOR_HYPERVISORS, FOR_DNSMASQ, PURGE = lines_of_readme()


class Machine:
    """Has packages, and boots."""

    def __init__(self, test, *packages):
        place = pathlib.Path(tempfile.mkdtemp(dir=TREE.parent, prefix='booted-'))
        test.addCleanup(shutil.rmtree, place)
        for name in 'upper', 'work', 'root':
            (place / name).mkdir()
        self.test, self.root = test, place / 'root'
        run('mount', '-t', 'overlay', '-o', f'lowerdir={TREE},upperdir={place}/upper,workdir={place}/work', 'overlay', self.root)
        test.addCleanup(run, 'umount', '--recursive', '--lazy', self.root)
        (self.root / 'etc/apt/apt.conf.d/yes').write_text('APT::Get::Assume-Yes "true";\nAPT::Sandbox::User "root";\n')
        shutil.copytree(PACKAGES, self.root / 'srv/build/packages')
        self.prepare(packages)

    def prepare(self, packages):
        """While it has the network of this machine: what it has, and what the packages will ask for, which is not installed yet. Without
        the first, there is nothing to test; the others are left out where the release does not have them."""
        for directory in 'proc', 'dev':
            run('mount', '--rbind', f'/{directory}', self.root / directory)
        shutil.copy('/etc/resolv.conf', self.root / 'etc/resolv.conf')
        self.chrooted('apt-get update')
        present = [name for name in packages if self.chrooted(f'apt-cache policy {name} | grep "Candidate: [^(]" || true')]
        if packages[0] not in present:
            raise unittest.SkipTest(f'this release has no {packages[0]}')
        self.chrooted('apt-get install --no-install-recommends systemd systemd-sysv dbus iproute2 ' + ' '.join(present))
        self.chrooted('apt-get install --download-only ./build/packages/*.deb')
        for directory in 'proc', 'dev':
            run('umount', '--recursive', '--lazy', self.root / directory)
        (self.root / 'usr/sbin/policy-rc.d').unlink()

    def chrooted(self, line):
        return run('chroot', self.root, 'env', '-i', 'DEBIAN_FRONTEND=noninteractive', 'HOME=/root', 'LC_ALL=C.UTF-8',
                   'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'sh', '-ec', f'cd /srv; {line}')

    def boot(self):
        log = tempfile.TemporaryFile()
        self.test.addCleanup(log.close)
        outer = subprocess.Popen(['unshare', '--mount', '--pid', '--cgroup', '--net', '--uts', '--ipc', '--fork', '--kill-child',
                                  'sh', '-ec', BOOT, self.root], env={'container': 'nss-leases', 'PATH': os.environ['PATH']},
                                 stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.test.addCleanup(outer.wait)
        self.test.addCleanup(outer.kill)

        def said():
            log.seek(0)
            return log.read().decode(errors='replace')[-4000:]

        def has_booted():
            self.test.assertIsNone(outer.poll(), said())
            self.first = pathlib.Path(f'/proc/{outer.pid}/task/{outer.pid}/children').read_text().strip()
            if not self.first or pathlib.Path(f'/proc/{self.first}/comm').read_text() != 'systemd\n':
                return False
            return self.tried('systemctl is-system-running')[1].strip() in ('running', 'degraded')

        wait_until(has_booted, BOOTED, said)

    def tried(self, line):
        done = subprocess.run(['nsenter', '--all', '--target', self.first, 'env', '-i', 'DEBIAN_FRONTEND=noninteractive', 'HOME=/root',
                               'LC_ALL=C.UTF-8', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'sh', '-ec', f'cd /srv; {line}'],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
        return done.returncode, done.stdout

    def run(self, line):
        status, output = self.tried(line)
        self.test.assertEqual(status, 0, f'{line}:\n{output}')
        return output

    def address_of(self, name, bridge):
        """What DHCP gives a new machine on the bridge. Its address is not set, so that nothing but the lease is needed."""
        number = len(name) * 16 + int(name[-1])
        # Its namespace is kept by a process of its own.
        keeper = subprocess.Popen(['unshare', '--net', 'sleep', 'infinity'], stdin=subprocess.DEVNULL)
        self.test.addCleanup(keeper.wait)
        self.test.addCleanup(keeper.kill)
        wait_until(lambda: os.readlink(f'/proc/{keeper.pid}/ns/net') != os.readlink('/proc/self/ns/net'), SOON, 'a network namespace')
        outside = 'nsenter', '--net', '--target', self.first
        inside = 'nsenter', '--net', '--target', keeper.pid
        run(*outside, 'ip', 'link', 'add', name, 'type', 'veth', 'peer', 'eth0', 'address', f'52:54:00:00:00:{number:02x}', 'netns',
            keeper.pid)
        run(*outside, 'ip', 'link', 'set', name, 'master', bridge, 'up')
        run(*inside, 'ip', 'link', 'set', 'eth0', 'up')
        said = run(*inside, 'udhcpc', '-f', '-q', '-n', '-t', '30', '-T', '1', '-s', '/bin/true', '-i', 'eth0', '-x', f'hostname:{name}')
        return re.search('lease of ([0-9.]*) obtained', said)[1]

    def has_name(self, name, address):
        wait_until(lambda: address in self.tried(f'getent ahosts {name}')[1].split(), SOON,
                   lambda: f'{name} is {address}\n{self.tried("leasectl check " + name)[1]}')

    def files(self):
        """All files of the machine, those in /etc with what is in them."""
        places = ' '.join(f'-path {place}' if place == ALWAYS_CHANGE[0] else f'-o -path {place}' for place in ALWAYS_CHANGE)
        found = set(self.run(f'find / \\( {places} \\) -prune -o -printf "%p %l\\n"').splitlines())
        return found | set(self.run('find /etc -type f -exec sha256sum {} +').splitlines())


class Booted(unittest.TestCase):
    lines = FOR_HYPERVISORS

    def machine(self, *packages):
        self.machine_here = Machine(self, *packages)
        self.machine_here.boot()
        return self.machine_here

    def comes_and_goes(self, machine, bridge, domain=None):
        """Machines have names by the lines of README, and nothing is left after its last."""
        before, processes = machine.files(), machine.run('cat /proc/[0-9]*/comm')
        vm1 = machine.address_of('vm1', bridge)
        self.assertNotIn(vm1, machine.tried('getent ahosts vm1')[1])
        for line in self.lines:
            # The packages are there.
            if line != 'scripts/package':
                said = machine.run(line.split('#')[0])
        machine.has_name('vm1', vm1)
        if self.lines is FOR_HYPERVISORS:
            self.assertEqual(self.lines[-1], 'leasectl list')
            self.assertIn(vm1, said)
        machine.has_name('vm2', machine.address_of('vm2', bridge))
        machine.has_name('vm1', vm1)
        if domain:
            machine.has_name(f'vm1.{domain}', vm1)
        self.assertNotIn('leases-', machine.run('systemctl --failed --no-legend'))
        said = machine.run(PURGE)
        # What only the packages needed, or had recommended.
        machine.run('apt-get autoremove --purge -o APT::AutoRemove::RecommendsImportant=false -o APT::AutoRemove::SuggestsImportant=false')
        self.assertNotIn('leases', machine.run("sed -n '/^hosts:/p' /etc/nsswitch.conf"))
        self.assertEqual(machine.run("systemctl list-units --all --no-legend 'leases-*'"), '')
        left = machine.run("find /run /tmp /var \\( -path /var/cache -o -path /var/lib/dpkg \\) -prune -o -name '*leases-*' -print "
                           "-o -name '*nss*leases*' -print")
        self.assertEqual(left, '')
        for process in set(machine.run('cat /proc/[0-9]*/comm').splitlines()) - set(processes.splitlines()):
            self.assertNotRegex(process, 'lease')
        changed = {line for line in before ^ machine.files() if not OWN_COPIES & set(line.split())}
        return said, changed

    def test_libvirt(self):
        machine = self.machine('libvirt-daemon-system', 'libvirt-clients', 'libvirt-daemon-driver-network', 'libvirt-daemon-driver-qemu',
                               'libvirt-daemon-config-network', 'dnsmasq-base', 'iptables', 'nftables')
        machine.run('virsh net-start default || virsh net-info default | grep -q "Active:.*yes"')
        _, changed = self.comes_and_goes(machine, 'virbr0')
        self.assertEqual(changed, set())

    def test_incus(self):
        machine = self.machine('incus-base', 'dnsmasq-base')
        machine.run('incus admin waitready --timeout=120; incus network create incusbr0 ipv4.nat=false ipv6.address=none')
        _, changed = self.comes_and_goes(machine, 'incusbr0', 'incus')
        self.assertEqual(changed, set())

    def test_a_dnsmasq_of_ones_own(self):
        self.lines = [*FOR_HYPERVISORS[:2], *FOR_DNSMASQ]
        machine = self.machine('dnsmasq')
        machine.run('ip link add lan0 type bridge; ip address add 192.0.2.1/24 dev lan0; ip link set lan0 up')
        machine.run("printf '%s\\n' interface=lan0 bind-dynamic dhcp-range=192.0.2.10,192.0.2.99 domain=lab.example "
                    '>/etc/dnsmasq.d/lan.conf; service dnsmasq restart')
        said, changed = self.comes_and_goes(machine, 'lan0', 'lab.example')
        # The administrator's own file stays, and is named.
        ours = '/etc/dnsmasq.d/nss-leases.conf'
        self.assertTrue(changed and all(ours in line for line in changed), changed)
        self.assertRegex(said, r'dnsmasq \(process \d+\)')
        machine.run(f'rm {ours}; service dnsmasq restart')


if __name__ == '__main__':
    if not os.environ.pop(INSIDE, None):
        everything_ends_with_it = ('setpriv', '--pdeathsig', 'KILL', 'unshare', '--mount', '--propagation', 'private', '--pid', '--fork',
                                   '--kill-child', '--mount-proc')
        sys.exit(subprocess.run([*everything_ends_with_it, sys.executable, '-B', *sys.argv], env={**os.environ, INSIDE: '1'}).returncode)
    TREE, PACKAGES = (pathlib.Path(sys.argv.pop(1)).resolve() for _ in range(2))
    unittest.main()
