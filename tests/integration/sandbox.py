"""Where a test program runs: a copy of the whole machine, with the product installed.

A program calls enter() first. It is then started again in its own mount, network, process, UTS and IPC namespaces, where
/usr, /etc and /var are overlays, /run is empty, no interface but lo is up, and the environment is the same on every machine. The
product is installed there at the paths that are compiled into it; the host's nss-leases and libvirt are not there.
None of that exists outside. The kernel removes it, with every process, when the program ends.
"""

import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys

SKIPPED = 77
SCRATCH = pathlib.Path('/run/sandbox')
TEMPORARY = SCRATCH / 'tmp'
ROOT = pathlib.Path(__file__).resolve().parents[2]
INSIDE = 'NSS_LEASES_SANDBOX'
# Whether the tests have the time that scripts/soak gives them.
SOAK = os.environ.get('NSS_LEASES_SOAK', '')
# The first process of a process namespace must reap those whose parents have ended, as a shell does. libvirt waits for that.
FIRST_PROCESS = '"$@"; exit $?'
# Tells this network namespace, which a host may have set up without IPv6, to have it, and to use an address at once.
IPV6_ON = 'cd /proc/sys/net/ipv6/conf 2>/dev/null || exit 0; for file in */disable_ipv6 default/accept_dad; do echo 0 > $file; done'
HOSTNAME = 'the-host'
NSSWITCH = 'passwd: files\ngroup: files\nhosts: files leases\nservices: files\nprotocols: files\n'


def build_directory():
    return pathlib.Path(os.environ.get('NSS_LEASES_BUILD_DIR') or ROOT / 'build/release').resolve()


# Files that the host may have and tests must not find.
HOSTS_OWN = ('/etc/nss-leases.conf', '/var/lib/nss-leases', '/var/lib/libvirt/dnsmasq', '/etc/dnsmasq.conf', '/etc/dnsmasq.d')


def enter(install=True):
    """Returns inside the sandbox only: as root, with the product installed unless install is false."""
    if os.environ.pop(INSIDE, None):
        furnish(install)
        return
    if os.geteuid() != 0:
        print('skipped: only root can make the network and mount namespaces this needs')
        sys.exit(SKIPPED)
    # It says itself what is missing.
    if subprocess.run([ROOT / 'scripts/need-namespaces']).returncode != 0:
        sys.exit(1)
    if install and not (build_directory() / 'cmake_install.cmake').exists():
        sys.exit(f'{build_directory()} holds no build; set NSS_LEASES_BUILD_DIR')
    sys.exit(run_inside())


def run_inside():
    environment = {INSIDE: '1', 'NSS_LEASES_BUILD_DIR': str(build_directory()), 'PATH': '/usr/sbin:/usr/bin:/sbin:/bin',
                   'HOME': '/root', 'TMPDIR': str(TEMPORARY), 'LC_ALL': 'C.UTF-8', 'NSS_LEASES_SOAK': SOAK}
    with contained(sys.executable, '-B', *sys.argv, env=environment) as sandboxed:
        try:
            return sandboxed.wait()
        except KeyboardInterrupt:
            return 128 + signal.SIGINT


@contextlib.contextmanager
def contained(*command, **options):
    """A process, as Popen makes it, in its own namespaces. Everything that it started ends with it, and it ends with this process."""
    # unshare does not react to SIGTERM while it waits, so this process stays and kills it. setpriv kills it if this process dies.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    process = subprocess.Popen(
        ['setpriv', '--pdeathsig', 'KILL',
         'unshare', '--mount', '--net', '--pid', '--uts', '--ipc', '--fork', '--kill-child', '--mount-proc',
         '--propagation', 'private', 'sh', '-c', FIRST_PROCESS, 'sh', *command], **options)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def furnish(install=True):
    os.umask(0o022)
    mount('-t', 'tmpfs', '-o', 'mode=755', 'run', '/run')
    TEMPORARY.mkdir(parents=True)
    TEMPORARY.chmod(0o1777)
    # The build directory too, where cmake leaves a list of what it installed.
    for directory in map(pathlib.Path, ('/usr', '/etc', '/var', build_directory())):
        if directory.exists():
            overlay(directory)
    if install:
        pathlib.Path('/etc/nsswitch.conf').write_text(NSSWITCH)
    pathlib.Path('/etc/hosts').write_text('127.0.0.1 localhost\n')
    # No client may have the machine's name, so it is the same everywhere, and none that a test gives a client.
    socket.sethostname(HOSTNAME)
    pathlib.Path('/etc/hostname').write_text(f'{HOSTNAME}\n')
    # Often a link into /run, which is empty now.
    pathlib.Path('/etc/resolv.conf').unlink(missing_ok=True)
    pathlib.Path('/etc/resolv.conf').touch()
    for path in map(pathlib.Path, HOSTS_OWN):
        if path.is_dir() and not path.is_symlink():
            # The directory itself belongs to a package and stays.
            run('find', path, '-mindepth', '1', '-delete')
        else:
            path.unlink(missing_ok=True)
    shutil.rmtree('/var/lib/nss-leases', ignore_errors=True)
    run('sh', '-c', IPV6_ON)
    run('ip', 'link', 'set', 'lo', 'up')
    if install:
        run('cmake', '--install', build_directory())


def has_ipv6():
    """Whether the kernel has it at all."""
    return pathlib.Path('/proc/sys/net/ipv6').exists()


def overlay(directory):
    layers = SCRATCH / 'layers' / str(directory).strip('/').replace('/', '-')
    for layer in 'upper', 'work':
        (layers / layer).mkdir(parents=True)
    mount('-t', 'overlay', '-o', f'lowerdir={directory},upperdir={layers}/upper,workdir={layers}/work', 'overlay', directory)


def mount(*arguments):
    run('mount', *arguments)


def run(*command, **options):
    """The standard output of a command that must not fail."""
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise RuntimeError(f'{" ".join(done.args)} ended with {done.returncode}: {done.stdout}{done.stderr}')
    return done.stdout
